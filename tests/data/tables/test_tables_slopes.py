"""Slopes of the scaling of a table: against finite differences, and densities that integrate to 1."""

import math

import numpy as np
import pytest
from scipy import stats

from zukan.data.tables.quantiles import Quantiles
from zukan.data.tables.schema import ColumnType, Schema


@pytest.fixture(scope="module")
def quantiles():
    rng = np.random.default_rng(0)
    column = np.concatenate([np.exp(rng.normal(size=500)), np.full(100, 2.0), np.full(50, 0.0)])  # two atoms
    return Quantiles.fitted(column, 0.7)


def test_the_slope_of_quantiles_is_that_of_finite_differences(quantiles):
    knots = np.array(quantiles.values)
    column = np.concatenate([knots, (knots[1:] + knots[:-1]) / 2, [knots[0] - 3.0, knots[-1] + 3.0]])
    step = 1e-7
    slope = (quantiles.forward(column + step) - quantiles.forward(column - step)) / (2 * step)
    np.testing.assert_allclose(quantiles.log_slope(column), np.log(slope), atol=1e-5)
    assert np.isnan(quantiles.log_slope(np.array([np.nan]))).all()


def test_a_density_of_scores_becomes_one_of_values(quantiles):
    ends = np.concatenate([[quantiles.values[0] - 9.0], quantiles.values, [quantiles.values[-1] + 9.0]])
    middles = ends[:-1] + np.diff(ends) * (np.arange(64)[:, None] + 0.5) / 64
    density = np.exp(stats.norm.logpdf(quantiles.forward(middles)) + quantiles.log_slope(middles))
    assert (density * np.diff(ends) / 64).sum() == pytest.approx(1.0, abs=1e-3)


def test_columns_that_are_not_scaled_have_slope_1(quantiles):
    schema = Schema((ColumnType("a", factor=4.0, offset=1.0), ColumnType("b", "count"),
                     ColumnType("c", quantiles=quantiles)))
    raw = np.array([[3.0, 2.0, 1.1], [np.nan, np.nan, np.nan]])
    slopes = schema.log_slope(raw)
    np.testing.assert_array_equal(slopes[0], [-math.log(4.0), 0.0, *quantiles.log_slope(raw[:1, 2])])
    assert np.isnan(slopes[1]).all()
