"""Hidden cells: errors by hand, and baselines against scikit-learn."""

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer
from sklearn.impute import KNNImputer
from table_of_all_kinds import NAN, SCHEMA, rows

import zukan
from zukan.data.tables.schema import ColumnType, Schema
from zukan.evaluation.tables.effects import effects
from zukan.evaluation.tables.imputation import imputation
from zukan.evaluation.tables.imputers import Wide, baselines

NUMBERS = Schema(tuple(ColumnType(str(i)) for i in range(30)))


def test_errors_by_hand():
    train, test = rows(100), rows(80, 1)
    seen = []

    def ones(raw):
        seen.append(np.isnan(raw))
        return np.where(np.isnan(raw), 1.0, raw)

    found = imputation(SCHEMA, train, test, {"ones": ones}, compare=False, shares=(0.2, 1.0), seed=3)
    assert (found["shares"], found["rows"]) == ([0.2, 1.0], 80)
    observed, method = ~np.isnan(test), found["methods"]["ones"]
    assert seen[1].all()
    assert 0.15 < (seen[0] & observed).sum() / observed.sum() < 0.25
    numbers, levels = [0, 1, 4], [2, 3, 5]
    for at, gaps in enumerate(seen):
        hidden = gaps & observed
        squares = {place: ((test[hidden[:, place], place] - 1) / np.nanstd(train[:, place])) ** 2 for place in numbers}
        wrong = {place: test[hidden[:, place], place] != 1 for place in levels}
        assert method["mse"][at] == pytest.approx(np.concatenate(list(squares.values())).mean())
        assert method["rmse"][at] == pytest.approx(np.sqrt(method["mse"][at]))
        assert method["wrong"][at] == pytest.approx(np.concatenate(list(wrong.values())).mean())
        for place, name in enumerate(SCHEMA.names):
            assert method["columns"][name][at] == pytest.approx((squares | wrong)[place].mean())
    again = imputation(SCHEMA, train, test, {"ones": ones}, compare=False, shares=(0.2, 1.0), seed=3)
    assert again == found
    perfect = imputation(SCHEMA, train, test, {"all": lambda _: np.nan_to_num(test)}, compare=False)["methods"]["all"]
    assert perfect["rmse"] == perfect["wrong"] == [0.0, 0.0, 0.0]


def test_inputs_of_imputers_and_back():
    raw = rows(50)
    wide = Wide(SCHEMA, raw)
    assert wide.of(raw).shape == (50, 1 + 1 + 1 + 3 + 1 + 2)
    np.testing.assert_allclose(np.nanstd(wide.of(raw)[:, 0]), 1.0)
    filled = rows(50, gaps=0.0)
    np.testing.assert_allclose(wide.filled(np.full((50, 6), NAN), wide.of(filled)), filled)
    np.testing.assert_array_equal(wide.filled(raw, np.zeros((50, 9)))[~np.isnan(raw)], raw[~np.isnan(raw)])


def test_mean_and_mode():
    train = rows(60)
    filled = baselines(SCHEMA, train)["mean or mode"](np.full((1, 6), NAN))[0]
    np.testing.assert_allclose(filled[[0, 1, 4]], np.nanmean(train[:, [0, 1, 4]], axis=0))
    for place in (2, 3, 5):
        assert filled[place] == np.bincount(train[~np.isnan(train[:, place]), place].astype(int)).argmax()


def test_neighbors_are_those_of_scikit_learn():
    data = load_breast_cancer().data
    train, test = data[:200], data[200:240].copy()
    test[np.random.default_rng(0).random(test.shape) < 0.3] = NAN
    middle, factor = train.mean(axis=0), train.std(axis=0)
    expected = KNNImputer().fit((train - middle) / factor).transform((test - middle) / factor) * factor + middle
    np.testing.assert_allclose(baselines(NUMBERS, train)["kNN"](test), expected, rtol=1e-9)


def test_imputers_that_use_other_columns_are_better_than_the_mean():
    data = load_breast_cancer().data[:, :8]
    schema = Schema(NUMBERS.columns[:8])
    methods = imputation(schema, data[:300], data[300:400], {}, shares=(0.3,))["methods"]
    mse = {name: found["mse"][0] for name, found in methods.items()}
    assert mse["IterativeImputer"] < mse["kNN"] < 0.5 * mse["mean or mode"]
    assert methods["kNN"]["wrong"] == [None]


def test_levels_and_gaps_in_training():
    methods = imputation(SCHEMA, rows(300), rows(200, 1), {}, shares=(0.3,))["methods"]
    wrong = {name: found["wrong"][0] for name, found in methods.items()}
    assert wrong["IterativeImputer"] < wrong["mean or mode"]
    wide = Schema(tuple(ColumnType(str(i), "boolean") for i in range(121)))
    assert set(baselines(wide, np.zeros((9, 121)))) == {"mean or mode", "kNN"}


@pytest.mark.parametrize("fill", [lambda raw: raw, lambda raw: np.zeros((2, 2))])
def test_an_imputer_that_does_not_fill(fill):
    with pytest.raises(zukan.InputError, match="imputer 'mine' must return an array of shape .* fill every gap"):
        imputation(SCHEMA, rows(9), rows(9), {"mine": fill}, compare=False)


def test_effects_of_latent_dimensions():
    schema = Schema((ColumnType("a"), ColumnType("b"), ColumnType("sold", "boolean"), ColumnType("genre", "category", levels=("x", "y", "z"))))

    def decode(z):
        assert z.shape == (4, 2)
        return np.stack([5 + 10 * z[:, 0], z[:, 0] * z[:, 1], z[:, 1] > 0, np.where(z[:, 0] > 0, 2, 1)], axis=1)

    means = np.random.default_rng(0).exponential(size=(500, 2)) - 0.5
    found = effects(decode, means, schema, np.array([4.0, 2.0, 1.0, 1.0]))
    (first, second), middle = np.diff(np.quantile(means, (0.1, 0.9), axis=0), axis=0)[0], np.median(means, axis=0)
    np.testing.assert_allclose(found, [[10 * first / 4, first * middle[1] / 2, 0, 1], [0, second * middle[0] / 2, 1, 0]], rtol=1e-4)
