"""The scikit-learn imputer: scikit-learn's checks, arrays and tables with gaps, what is observed, better than the mean."""

import pickle
import re

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.base import clone
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import MissingIndicator
from sklearn.pipeline import make_pipeline
from sklearn.utils.estimator_checks import parametrize_with_checks

import zukan
from zukan.sklearn import VAEImputer

TINY = {"latent_dim": 2, "encoder": {"name": "mlp", "units": [8]}, "objective": "elbo", "samples": 8, "epochs": 1,
        "batch_size": 256, "optimizer": "sgd", "learning_rate": 0.01, "random_state": 0}  # compiles quickly


@parametrize_with_checks([VAEImputer(**{**TINY, "random_state": None})])
def test_the_estimator_checks_of_scikit_learn(estimator, check):
    check(estimator)


@pytest.fixture(scope="module")
def x():
    """60 rows of 4 correlated features in different units, with gaps in the first three."""
    rng = np.random.default_rng(0)
    rows = (rng.normal(size=(60, 1)) + 0.1 * rng.normal(size=(60, 4))) * [1e-3, 1.0, 1e4, 10.0] + [5.0, 0.0, -1e5, 1.0]
    rows[:, :3][rng.random((60, 3)) < 0.3] = np.nan
    return rows


def messy(n=80):
    """A table of pandas with every kind of column, and gaps in all but two."""
    rng = np.random.default_rng(1)
    z = rng.normal(size=n)
    frame = pd.DataFrame({
        "name": [f"row {i:04}" for i in range(n)],
        "height": np.round(170 + 10 * z, 1),
        "visits": rng.poisson(np.exp(0.3 * z + 1)),
        "smokes": z + rng.normal(size=n) > 0,
        "city": np.where(z > 0.5, "Rome", np.where(z > -0.5, "Oslo", "Kyoto")),
        "grade": pd.Categorical(np.where(z > 0, "high", "low")),
        "born": pd.Timestamp("2000-01-01") + pd.to_timedelta(np.round(100 * z), unit="D"),
        "country": "Here",
        "nothing": np.nan,
    }, index=range(100, 100 + n))
    frame = frame.astype({"smokes": "boolean", "visits": "Int64", "city": object, "country": object})
    for name in frame.columns[2:8]:
        frame.loc[rng.random(n) < 0.25, name] = None
    return frame


@pytest.fixture(scope="module")
def table():
    return messy()


@pytest.fixture(scope="module")
def fitted(table):
    return VAEImputer(**{**TINY, "epochs": 3}).fit(table)


# Arrays

def test_gaps_are_filled_and_all_else_stays(x):
    imputer = VAEImputer(**TINY)
    filled = imputer.fit_transform(x)
    gaps = np.isnan(x)
    assert not np.isnan(filled).any()
    np.testing.assert_array_equal(filled[~gaps], x[~gaps])
    np.testing.assert_array_equal(imputer.transform(filled), filled)
    low, high = np.nanmin(x, axis=0), np.nanmax(x, axis=0)
    assert ((filled >= low) & (filled <= high)).all()
    assert imputer.transform(x.astype(np.float32)).dtype == np.float32


def test_a_row_is_filled_alike_whatever_the_other_rows_are(x):
    imputer = VAEImputer(**TINY).fit(x)
    filled = imputer.transform(x)
    np.testing.assert_array_equal(imputer.transform(x[::-7]), filled[::-7])


def test_correlated_gaps_are_filled_better_than_by_the_mean():
    rng = np.random.default_rng(0)
    full = rng.normal(size=(300, 1)) @ [[1.0, -1.0, 1.0, 1.0]] + 0.2 * rng.normal(size=(300, 4))
    gaps = rng.random(full.shape) < 0.3
    imputer = VAEImputer(2, encoder={"name": "mlp", "units": [16]}, epochs=60, learning_rate=0.01, samples=50, random_state=0)
    filled = imputer.fit_transform(np.where(gaps, np.nan, full))
    error, variance = (filled - full)[gaps].var(), full[gaps].var()
    assert error < 0.25 * variance  # 0.08
    draws = [clone(imputer).fit(np.where(gaps, np.nan, full)).set_params(sample_posterior=True, random_state=seed)
             for seed in range(1)]
    first, again = (draws[0].set_params(random_state=seed).transform(np.where(gaps, np.nan, full)) for seed in (1, 2))
    assert (first != again)[gaps].mean() > 0.99
    np.testing.assert_array_equal(first[~gaps], full[~gaps])
    assert 0.8 < (first - full)[gaps].var() / (2 * error) < 1.25  # an exact draw has twice the error of the exact mean


@pytest.mark.parametrize("keep", [False, True])
def test_columns_that_cannot_be_learned(x, keep):
    constant, empty = np.full((60, 1), 7.0), np.full((60, 1), np.nan)
    constant[:30] = np.nan
    imputer = VAEImputer(**TINY, keep_empty_features=keep)
    filled = imputer.fit_transform(np.hstack([x, constant, empty]))
    np.testing.assert_array_equal(filled[:, 4], 7.0)
    assert filled.shape == (60, 5 + keep)
    np.testing.assert_array_equal(filled[:, :4], VAEImputer(**TINY).fit_transform(x))
    assert list(imputer.get_feature_names_out()) == [f"x{i}" for i in range(5 + keep)]
    if keep:
        np.testing.assert_array_equal(filled[:, 5], 0.0)


def test_new_gaps_and_rows_without_any_value(x):
    imputer = VAEImputer(**TINY).fit(x)
    holes = x[:3].copy()
    holes[:, 3] = np.nan  # a column that had no gaps
    assert not np.isnan(imputer.transform(holes)).any()
    assert not np.isnan(imputer.transform(np.full((2, 4), np.nan))).any()
    assert not np.isnan(VAEImputer(**TINY).fit(np.vstack([x, np.full((2, 4), np.nan)])).transform(x)).any()


def test_the_indicator_is_that_of_scikit_learn(x):
    imputer = VAEImputer(**TINY, add_indicator=True).fit(x)
    result, indicator = imputer.transform(x), MissingIndicator().fit(x)
    np.testing.assert_array_equal(result[:, 4:], indicator.transform(x))
    np.testing.assert_array_equal(imputer.get_feature_names_out()[4:], indicator.get_feature_names_out())


# Tables

def test_a_table_comes_back_as_it_was_with_its_gaps_filled(table, fitted):
    filled = fitted.transform(table)
    assert list(filled.columns) == list(fitted.get_feature_names_out()) == list(table.columns[:-1])
    assert (filled.dtypes == table.dtypes.iloc[:-1]).all()
    assert filled.index.equals(table.index)
    assert not filled.isna().any().any()
    for name in filled:
        there = table[name].notna()
        assert filled[name][there].equals(table[name][there])
    assert set(filled["city"]) == {"Rome", "Oslo", "Kyoto"}
    assert set(filled["country"]) == {"Here"}
    assert filled["born"].between(table["born"].min(), table["born"].max()).all()


def test_a_table_of_polars(table, fitted):
    frame = pl.from_pandas(table).with_columns(pl.col("city").cast(pl.Categorical))
    filled = VAEImputer(**{**TINY, "epochs": 3}).fit_transform(frame)
    assert isinstance(filled, pl.DataFrame)
    assert filled.schema == frame.drop("nothing").schema
    assert filled.null_count().sum_horizontal().item() == 0
    for name in filled.columns:
        there = frame[name].is_not_null()
        assert filled[name].filter(there).equals(frame[name].filter(there))
    assert filled["city"].cast(pl.String).to_list() == fitted.transform(table)["city"].to_list()


def test_a_table_of_pyarrow(table):
    arrow = pl.from_pandas(table).to_arrow()
    filled = VAEImputer(**TINY, add_indicator=True).fit_transform(arrow)
    assert filled.column_names[8:] == [f"missingindicator_{name}" for name in table.columns[2:]]
    assert sum(column.null_count for column in filled.columns) == 0


def test_the_indicator_and_empty_columns_of_a_table(table):
    imputer = VAEImputer(**TINY, add_indicator=True, keep_empty_features=True).fit(table)
    filled = imputer.transform(table)
    names = [f"missingindicator_{name}" for name in table.columns[2:]]
    assert list(filled.columns) == list(imputer.get_feature_names_out()) == [*table.columns, *names]
    np.testing.assert_array_equal(filled[names], table.iloc[:, 2:].isna())
    assert filled["nothing"].isna().all()


def test_tables_with_other_gaps_and_rows_without_any_value(table, fitted):
    holes = table.head(3).copy()
    holes["height"] = np.nan
    assert not fitted.transform(holes).isna().any().any()
    nothing = pd.DataFrame(None, index=[0, 1], columns=table.columns, dtype=object)
    assert not fitted.transform(nothing).drop(columns="name").isna().any().any()
    full = fitted.transform(table).assign(nothing=np.nan)
    pd.testing.assert_frame_equal(fitted.transform(full), full.drop(columns="nothing"))


def test_the_cells_of_a_table_as_an_array(table, fitted):
    filled = fitted.transform(table)
    with pytest.warns(UserWarning, match="does not have valid feature names"):
        array = fitted.transform(table.astype(object).to_numpy())
    np.testing.assert_array_equal(array[:, 4], filled["city"])
    np.testing.assert_array_equal(array[:, 1].astype(float), filled["height"])


@pytest.mark.parametrize("library", ["pandas", "polars"])
@pytest.mark.parametrize("given", ["pandas", "polars", "array"])
def test_set_output(library, given, table, fitted):
    wanted = fitted.transform(table)
    imputer = pickle.loads(pickle.dumps(fitted)).set_output(transform=library)
    if given == "array":
        with pytest.warns(UserWarning, match="does not have valid feature names"):
            filled = imputer.transform(table.astype(object).to_numpy())
    else:
        filled = imputer.transform(table if given == "pandas" else pl.from_pandas(table))
    assert type(filled).__module__.startswith(library)
    assert list(filled.columns) == list(wanted.columns)
    np.testing.assert_array_equal(filled["height"].to_numpy().astype(float), wanted["height"].to_numpy())
    assert list(filled["city"]) == list(wanted["city"])


def test_levels_that_were_not_seen(table, fitted):
    strange = table.head(4).copy()
    strange.loc[101, "city"] = "Mars"
    with pytest.raises(zukan.InputError, match=r"'city' .* must hold levels .* got 'Mars' in row 1"):
        fitted.transform(strange)
    rare = pd.concat([table, table.head(12)], ignore_index=True)
    rare.loc[:11, "city"] = [f"Village {i}" for i in range(12)]
    imputer = VAEImputer(**TINY).fit(rare)
    assert imputer.rows_.schema.columns[3].rare == 12
    assert imputer.transform(strange)["city"].iloc[1] == "Mars"  # it counts as rare, and stays as it is


def test_kinds_that_are_asked_for(table):
    imputer = VAEImputer(**TINY, columns={"visits": "number"}).fit(table)
    assert dict(zip(imputer.rows_.schema.names, imputer.rows_.schema.kinds, strict=True)) == {
        "height": "number", "visits": "number", "smokes": "boolean", "city": "category", "grade": "category", "born": "date"}
    with pytest.raises(zukan.InputError, match="columns must be left out unless X is a table"):
        VAEImputer(**TINY, columns="a=count").fit(np.eye(3))


def test_copies_and_pipelines(table, fitted):
    pd.testing.assert_frame_equal(pickle.loads(pickle.dumps(fitted)).transform(table), fitted.transform(table))
    pd.testing.assert_frame_equal(clone(fitted).fit(table).transform(table), fitted.transform(table))
    numbers = table[["height", "visits"]].astype(float)
    y = np.where(table["city"].isna(), "none", table["city"])
    pipeline = make_pipeline(clone(fitted), RandomForestClassifier(20, random_state=0)).fit(numbers, y)
    assert pipeline.score(numbers, y) > 0.5


# Mistakes

@pytest.mark.parametrize(("options", "words"), [
    ({"samples": 0}, ["samples", "got 0"]),
    ({"epochs": 0}, ["epochs", "got 0"]),
    ({"batch_size": 0, "epochs": None}, ["batch_size", "got 0"]),
    ({"sample_posterior": 1}, ["sample_posterior", "got 1"]),
    ({"add_indicator": "yes"}, ["add_indicator", "got 'yes'"]),
    ({"keep_empty_features": None}, ["keep_empty_features", "got None"]),
    ({"scaling": "standart"}, ["did you mean 'standard'?"]),
    ({"posterior": "delta", "objective": "reconstruction"}, ["density"]),
])
def test_an_invalid_parameter_is_refused_in_one_sentence(options, words, x):
    with pytest.raises(zukan.InputError) as caught:
        VAEImputer(**{**TINY, **options}).fit_transform(x)
    message = str(caught.value)
    assert not re.search(r"[.!?]\s", message.removesuffix("?"))
    for word in words:
        assert word in message


@pytest.mark.parametrize("rows", [np.full((4, 2), np.nan), np.ones((4, 2))])
def test_an_array_without_anything_to_learn(rows):
    with pytest.raises(zukan.InputError, match="X must have a column with different values"):
        VAEImputer(**TINY).fit(rows)


def test_infinity_is_refused(x):
    with pytest.raises(ValueError, match="infinity"):
        VAEImputer(**TINY).fit(np.where(np.isnan(x), np.inf, x))
