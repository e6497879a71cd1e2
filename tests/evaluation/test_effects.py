"""Effect sizes agree with their definitions and with SciPy."""

import numpy as np
import pytest
from scipy import stats

from zukan.evaluation.effects import cohens_d, correlation, cramers_v, moments, others

DRAW = np.random.default_rng(0)
GROUPS = DRAW.integers(0, 4, 200)
VALUES = np.where(DRAW.random(200) < 0.1, np.nan, DRAW.normal(3 * GROUPS, 2))


def known(k):
    """Return the values of group k that are not missing, and all other ones."""
    there = ~np.isnan(VALUES)
    return VALUES[there & (k == GROUPS)], VALUES[there & (k != GROUPS)]


def of(values):
    return tuple(float(part[0]) for part in moments(values, np.zeros(len(values), int), 1))


@pytest.mark.parametrize("k", range(4))
def test_moments(k):
    own, rest = known(k)
    for part, mine in zip(moments(VALUES, GROUPS, 4), of(own), strict=True):
        assert part[k] == pytest.approx(mine)
    for part, outside in zip(others(moments(VALUES, GROUPS, 4)), of(rest), strict=True):
        assert part[k] == pytest.approx(outside)
    assert of(own) == pytest.approx((len(own), own.mean(), own.var() * len(own)))


@pytest.mark.parametrize("k", range(4))
def test_cohens_d_and_its_correlation(k):
    own, rest = known(k)
    n, m = len(own), len(rest)
    pooled = np.sqrt(((n - 1) * own.var(ddof=1) + (m - 1) * rest.var(ddof=1)) / (n + m - 2))
    d = cohens_d(of(own), of(rest))
    assert d == pytest.approx((own.mean() - rest.mean()) / pooled)
    assert d == pytest.approx(stats.ttest_ind(own, rest).statistic * np.sqrt(1 / n + 1 / m))
    member = np.repeat([1, 0], [n, m])
    assert correlation(d, n, m) == pytest.approx(stats.pearsonr(member, np.concatenate([own, rest])).statistic)


@pytest.mark.parametrize("table", [[[10, 20, 30], [6, 9, 17]], [[5, 0], [0, 7]], [[3, 3], [9, 9]],
                                   [[1, 5, 2], [8, 1, 1], [0, 4, 9]]])
def test_cramers_v(table):
    expected = stats.contingency.association(np.array(table), method="cramer")
    assert cramers_v(np.array(table)) == pytest.approx(expected, abs=1e-12)


def test_both_have_one_scale():
    zeros_and_ones = np.repeat([1.0, 0.0, 1.0, 0.0], [30, 10, 5, 40])
    first, second = zeros_and_ones[:40], zeros_and_ones[40:]
    table = np.array([[10, 30], [40, 5]])
    assert correlation(cohens_d(of(first), of(second)), 40, 45) == pytest.approx(cramers_v(table))


def test_without_values_or_variation_there_is_no_effect():
    empty, constant = of(np.array([np.nan])), of(np.ones(3))
    assert cohens_d(empty, constant) == cohens_d(constant, constant) == correlation(0.0, 0, 3) == 0
    assert correlation(cohens_d(constant, of(np.zeros(2))), 3, 2) == 1
    assert cramers_v(np.array([[0, 0], [3, 4]])) == cramers_v(np.array([[2, 0], [3, 0]])) == 0
