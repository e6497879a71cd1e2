"""Quantiles: values and normal scores map to each other, and normal scores give the column's own distribution."""

import json

import numpy as np
import pytest
import scipy.stats

from zukan import data
from zukan.data.tables.quantiles import Quantiles, suits

RNG = np.random.default_rng(0)
COLUMNS = {"skewed": RNG.lognormal(0, 1, 3000), "half zeros": np.where(RNG.random(3000) < 0.5, 0, RNG.lognormal(0, 1, 3000)),
           "few whole numbers": RNG.binomial(10, 0.2, 3000) * 1.0, "two values": (RNG.random(3000) < 0.1) * 1.0,
           "negative": -RNG.gamma(0.5, 3, 3000)}
each_column = pytest.mark.parametrize("column", COLUMNS.values(), ids=list(COLUMNS))


def fitted(column):
    return Quantiles.fitted(column, 1 / column.std())


@each_column
def test_values_come_back(column):
    q = fitted(column)
    np.testing.assert_allclose(q.inverse(q.forward(column)), column, atol=1e-9)
    outside = np.array([column.min() - 3, column.max() + 3, np.nan])
    np.testing.assert_array_equal(np.isnan(q.forward(outside)), [False, False, True])
    low, high = q.forward(outside[:2])
    assert low < q.scores[0] < q.scores[-1] < high


@each_column
def test_the_score_of_a_value_is_the_normal_quantile_of_its_rank(column):
    q = fitted(column)
    for place in (0, len(q.values) // 2, -1):
        below, equal = (column < q.values[place]).sum(), (column == q.values[place]).sum()
        assert q.scores[place] == pytest.approx(scipy.stats.norm.ppf((below + equal / 2) / len(column)))
    order = np.argsort(column)
    assert (np.diff(q.forward(column)[order]) >= 0).all()


@each_column
def test_normal_scores_give_the_distribution_of_the_column(column):
    drawn = fitted(column).inverse(np.random.default_rng(1).normal(size=40_000)).clip(column.min(), column.max())
    assert scipy.stats.ks_2samp(drawn, column).statistic < 0.03
    for atom in np.unique(column):
        share = (column == atom).mean()
        if share > 0.02:
            assert (drawn == atom).mean() == pytest.approx(share, abs=0.012)


@each_column
def test_json_and_wrong_records(column):
    q = fitted(column)
    record = json.loads(json.dumps(q.to_json()))
    assert Quantiles.from_json(record) == q
    with pytest.raises(ValueError, match="increasing"):
        Quantiles.from_json([record[0][::-1], *record[1:]])
    with pytest.raises(ValueError, match="increasing"):
        Quantiles.from_json([*record[:4], -1.0])


def test_which_columns_they_suit():
    normal = RNG.normal(size=3000)
    assert not suits(normal)
    assert not suits(RNG.uniform(size=3000))
    assert suits(RNG.standard_t(3, size=3000))  # far outliers
    assert suits(np.round(normal))  # few different values
    assert not suits(COLUMNS["skewed"][:20])  # too few to know
    assert all(map(suits, COLUMNS.values()))


def test_the_scaling_of_a_table():
    table = {"skewed": COLUMNS["skewed"], "normal": RNG.normal(5, 2, 3000), "pet": RNG.choice(["cat", "dog"], 3000)}
    auto, standard, every = (data.load(table, scaling=scaling) for scaling in ("auto", "standard", "quantile"))
    assert [column.quantiles is not None for column in auto.schema.columns] == [True, False, False]
    assert [column.quantiles is not None for column in standard.schema.columns] == [False, False, False]
    assert [column.quantiles is not None for column in every.schema.columns] == [True, True, False]
    assert scipy.stats.kstest(auto.train.x[:, 0], "norm").statistic < 0.02
    assert scipy.stats.kstest(standard.train.x[:, 0], "norm").statistic > 0.1
    for dataset in (auto, standard, every):
        undone = dataset.scaling.undo(dataset.train.x.astype(np.float64))
        np.testing.assert_allclose(undone[:, 0], table["skewed"][dataset.train.numbers], rtol=1e-5, atol=1e-5)
        np.testing.assert_allclose(dataset.schema.unscale(dataset.train.x), undone, rtol=1e-6)
        assert data.Schema.from_json(json.loads(json.dumps(dataset.schema.to_json())), dataset.schema.library) == dataset.schema
