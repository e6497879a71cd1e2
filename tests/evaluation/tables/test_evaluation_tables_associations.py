"""Correlations against NumPy and scipy, contingency tables by hand, and association measures against their definitions."""

import itertools

import numpy as np
import pandas as pd
import pytest
import scipy.stats
from table_of_all_kinds import NAN, SCHEMA, rows

import zukan
from zukan.data.tables.schema import ColumnType, Schema
from zukan.evaluation.tables.association_matrix import association_matrix
from zukan.evaluation.tables.associations import associations, chosen_pairs
from zukan.evaluation.tables.correlation import correlations, ranks

NUMBERS = Schema(tuple(ColumnType(name) for name in "abcd"))


def numbers(seed=0, gaps=0.0):
    rng = np.random.default_rng(seed)
    raw = rng.normal(size=(80, 4)) @ rng.normal(size=(4, 4)) * 1e3 + 1e6
    raw[rng.random(raw.shape) < gaps] = NAN
    return raw


def test_correlations_with_gaps_are_those_of_pandas():
    pairs = chosen_pairs(4, 0)
    np.testing.assert_allclose(correlations(numbers(), pairs), np.corrcoef(numbers().T)[tuple(pairs.T)], rtol=1e-9)
    raw = numbers(gaps=0.3)
    np.testing.assert_allclose(correlations(raw, pairs), pd.DataFrame(raw).corr().to_numpy()[tuple(pairs.T)], rtol=1e-9)
    raw[:, 1] = 0.1  # its sum is rounded
    assert correlations(raw, np.array([[0, 1], [1, 2]])).tolist() == [0, 0]


def test_ranks_and_correlations_of_ranks_are_those_of_scipy():
    raw = np.round(numbers() / 1e3)
    np.testing.assert_array_equal(ranks(raw), scipy.stats.rankdata(raw, axis=0))
    expected = scipy.stats.spearmanr(raw).statistic
    np.testing.assert_allclose(correlations(ranks(raw), chosen_pairs(4, 0)), expected[tuple(chosen_pairs(4, 0).T)], rtol=1e-9)
    raw[3, 2] = NAN
    np.testing.assert_array_equal(ranks(raw), scipy.stats.rankdata(raw, axis=0, nan_policy="omit"))


@pytest.mark.parametrize("correlation", ["pearson", "spearman"])
def test_score_of_numbers(correlation):
    one, other = numbers(1), numbers(2)
    found = associations(NUMBERS, one, other, correlation=correlation)
    a, b = (pd.DataFrame(raw).corr(correlation).to_numpy()[np.triu_indices(4, 1)] for raw in (one, other))
    assert found["score"] == found["numbers"] == pytest.approx(np.mean(1 - np.abs(a - b) / 2), rel=1e-9)
    assert (found["pairs"], found["of"], found["levels"], found["mixed"]) == (6, 6, None, None)


def test_score_of_levels_by_hand():
    schema = Schema((ColumnType("sold", "boolean"), ColumnType("genre", "category", levels=("a", "b"))))
    real = np.array([[0, 0], [0, 0], [1, 1], [1, NAN]])
    synthetic = np.array([[0, 1], [0, 0], [1, 1], [1, 1]])
    found = associations(schema, real, synthetic)  # cells 00 01 11 1-: 2 0 1 1 against 1 1 2 0
    assert found["score"] == found["levels"] == 1 - 0.5 * (1 + 1 + 1 + 1) / 4
    assert found["worst"] == [["sold", "genre", 0.5]]
    filled = np.array([[0, 0], [0, 0], [1, 1], [1, 0]])  # a gap does not count as a level of the column
    assert associations(schema, real, filled)["score"] == 0.75


def test_score_of_numbers_and_levels_bins_the_numbers_at_the_real_quantiles():
    schema = Schema((ColumnType("size"), ColumnType("sold", "boolean")))
    rng = np.random.default_rng(0)
    real = np.stack([rng.exponential(size=200), rng.random(200) < 0.5], axis=1)
    synthetic = np.stack([rng.exponential(size=300) * 2, rng.random(300) < 0.8], axis=1)
    cuts = [-np.inf, *np.quantile(real[:, 0], np.arange(1, 10) / 10), np.inf]
    tables = [np.array([[(((raw[:, 0] >= low) & (raw[:, 0] < high)) & (raw[:, 1] == level)).mean() for level in (0, 1)]
                        for low, high in itertools.pairwise(cuts)]) for raw in (real, synthetic)]
    assert associations(schema, real, synthetic)["mixed"] == pytest.approx(1 - np.abs(tables[0] - tables[1]).sum() / 2)


def test_copies_are_perfect_and_shuffled_columns_are_not():
    raw = rows(2000)
    assert associations(SCHEMA, raw, raw[::-1])["score"] == pytest.approx(1.0)
    rng = np.random.default_rng(0)
    shuffled = np.stack([rng.permutation(column) for column in raw.T], axis=1)
    found = associations(SCHEMA, raw, shuffled)
    strength = np.abs(pd.DataFrame(raw[:, [0, 1, 4]]).corr().to_numpy()[np.triu_indices(3, 1)])
    assert found["numbers"] == pytest.approx(1 - strength.mean() / 2, abs=0.03)
    assert found["levels"] < 0.97
    assert associations(Schema(SCHEMA.columns[:1]), raw[:, :1], raw[:, :1])["score"] is None


def test_pairs():
    assert sorted(map(tuple, chosen_pairs(5, 0))) == [(i, j) for i in range(5) for j in range(i + 1, 5)]
    pairs = chosen_pairs(784, 0)
    assert len(np.unique(pairs, axis=0)) == len(pairs) == 1770
    assert (pairs[:, 0] < pairs[:, 1]).all()
    assert pairs.max() <= 783
    assert pairs[:, 0].min() >= 0
    np.testing.assert_array_equal(pairs, chosen_pairs(784, 0))
    with pytest.raises(zukan.InputError, match="correlation must be one of"):
        associations(NUMBERS, numbers(), numbers(), correlation="kendall")


def test_matrix_of_associations_against_definitions():
    raw = rows(300, gaps=0.2)
    found = association_matrix(SCHEMA, raw)
    np.testing.assert_array_equal(found, found.T)
    np.testing.assert_array_equal(np.diag(found), 1.0)
    frame = pd.DataFrame(raw, columns=SCHEMA.names)
    assert found[0, 4] == pytest.approx(frame["length"].corr(frame["printed"]))
    both = frame[["genre", "length"]].dropna()
    means = both.groupby("genre")["length"].transform("mean")
    assert found[0, 3] == pytest.approx(np.sqrt(means.var(ddof=0) / both["length"].var(ddof=0)))
    both = frame[["genre", "sold"]].dropna()
    assert found[2, 3] == pytest.approx(scipy.stats.contingency.association(pd.crosstab(both["genre"], both["sold"]), method="cramer"))


def test_columns_without_variance_have_no_association():
    raw = rows(40)
    raw[:, 0], raw[:, 2], raw[:, 1] = 0.1, 1, NAN
    found = association_matrix(SCHEMA, raw)
    assert np.isfinite(found).all()
    assert found[0, 3] == found[2, 3] == found[0, 4] == found[1, 3] == 0
