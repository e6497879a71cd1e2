"""The scikit-learn transformer on tables: codes, rows in the form of the table, densities in its units, conditions."""

import pickle

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

import zukan
from zukan.likelihoods import Mixed
from zukan.sklearn import VAETransformer

TINY = {"encoder": {"name": "mlp", "units": [8]}, "epochs": 2, "batch_size": 256, "samples": 2, "random_state": 0,
        "optimizer": "sgd", "learning_rate": 0.01}  # compiles quickly


@pytest.fixture(scope="module")
def table():
    """90 rows with every kind of column, of which two have gaps."""
    rng = np.random.default_rng(0)
    z = rng.normal(size=90)
    frame = pd.DataFrame({
        "id": np.arange(90),
        "income": np.round(np.exp(2 * z + 8)),  # skewed
        "height": np.round(170 + 10 * z, 1),
        "visits": rng.poisson(np.exp(0.3 * z + 1)),
        "smokes": z + rng.normal(size=90) > 0,
        "city": np.where(z > 0.5, "Rome", np.where(z > -0.5, "Oslo", "Kyoto")),
        "born": pd.Timestamp("2000-01-01") + pd.to_timedelta(np.round(100 * z), unit="D"),
    })
    frame["income"] += 0.5
    frame.loc[::5, "height"] = np.nan
    frame.loc[::7, "city"] = None
    return frame


@pytest.fixture(scope="module")
def fitted(table):
    return VAETransformer(**TINY).fit(table)


def test_each_column_is_read_by_its_kind(fitted, table):
    schema = fitted.rows_.schema
    assert dict(zip(schema.names, schema.kinds, strict=True)) == {
        "income": "number", "height": "number", "visits": "count", "smokes": "boolean", "city": "category", "born": "date"}
    assert isinstance(fitted.vae_.likelihood, Mixed)
    assert fitted.vae_.missing
    assert list(fitted.feature_names_in_) == list(table.columns)
    dataset = zukan.data.load(table, test_fraction=0.01)
    assert dataset.schema.kinds == schema.kinds
    np.testing.assert_allclose(fitted.transform(table), fitted.vae_.encode(fitted.rows_.scaling.apply(
        fitted.rows_.read(table).raw)), rtol=1e-4, atol=1e-5)
    asked = VAETransformer(**TINY, columns={"visits": "number", "id": "count"}).fit(table)
    assert asked.rows_.schema.kinds[:1] == ("count",)
    assert asked.rows_.schema.kinds[3] == "number"


@pytest.mark.parametrize("library", ["pandas", "polars", "pyarrow"])
def test_rows_come_back_as_a_table_of_the_same_library(library, fitted, table):
    frame = {"pandas": table, "polars": pl.from_pandas(table), "pyarrow": pa.Table.from_pandas(table)}[library]
    transformer = fitted if library == "pandas" else VAETransformer(**TINY).fit(frame)
    z = transformer.transform(frame)
    np.testing.assert_array_equal(z, fitted.transform(table))
    for result in (transformer.inverse_transform(z), transformer.sample(90)):
        assert type(result) is type(frame)
        rows = result if library == "pandas" else result.to_pandas()
        assert list(rows.columns) == list(table.columns[1:])
        assert set(rows["city"]) <= {"Rome", "Oslo", "Kyoto"}
        assert rows["visits"].dtype == np.int64
        assert rows["smokes"].dtype == bool
        assert rows["born"].between(table["born"].min(), table["born"].max()).all()
        assert (rows["height"] == rows["height"].round(1)).all()


def test_new_rows_vary_and_follow_the_random_state(fitted):
    rows = fitted.sample(200)
    pd.testing.assert_frame_equal(rows, fitted.sample(200))
    assert rows["city"].nunique() == 3
    assert rows["height"].std() > 5
    array = VAETransformer(**TINY).fit(np.random.default_rng(0).normal([5.0, -300.0], [1.0, 20.0], size=(100, 2)))
    drawn = array.sample(1000)
    np.testing.assert_allclose(drawn.mean(axis=0), [5.0, -300.0], rtol=0.1)
    np.testing.assert_allclose(drawn.std(axis=0), [1.0, 20.0], rtol=0.5)  # barely trained


def test_the_score_is_a_density_in_the_units_of_the_table(fitted, table):
    read = fitted.rows_.read(table)
    assert set(fitted.rows_.schema.quantiles) == {0}
    step = 1e-4 * np.array([1.0, 1.0, 0, 0, 0, 100.0])  # numbers and dates are scaled, and no other kind
    scaled = zukan.data.Scaling.of_schema("", fitted.rows_.schema)
    slopes = [np.log((one - other) / (2 * width)) for one, other, width in zip(
        _columns(scaled, read.raw + step), _columns(scaled, read.raw - step), step, strict=True) if width]
    bound = fitted.vae_.log_likelihood(fitted.rows_.scaling.apply(read.raw), samples=2, same_draws=True)
    np.testing.assert_allclose(fitted.score_samples(table), bound + np.nansum(slopes, axis=0), rtol=1e-4)


def _columns(scaling, raw):
    """Return the scaled columns of raw values in double precision."""
    columns = ((raw - scaling.offset) / scaling.factor).T
    for place, quantiles in scaling.quantiles.items():
        columns[place] = quantiles.forward(raw[:, place])
    return columns


def test_gaps_need_a_model_of_gaps(fitted, table):
    assert np.isfinite(fitted.transform(pd.DataFrame(None, index=range(3), columns=table.columns, dtype=object))).all()
    full = table.dropna()
    transformer = VAETransformer(**TINY).fit(full)
    assert not transformer.vae_.missing
    message = r"X must have no gaps.* got \d+ gaps, first in column 'height'; fill them, or fit with missing=True"
    with pytest.raises(zukan.InputError, match=message):
        transformer.transform(table)
    with pytest.raises(zukan.InputError, match=message):
        VAETransformer(**TINY, missing=False).fit(table)
    assert np.isfinite(VAETransformer(**TINY, missing=True).fit(full).score_samples(table)).all()


def test_levels_that_were_not_seen(fitted, table):
    with pytest.raises(zukan.InputError, match="'city' .* must hold levels .* got 'Mars' in row 0"):
        fitted.transform(table.assign(city="Mars"))
    rare = table.assign(city=[*"abcdefghijkl", *table["city"].iloc[12:]])
    transformer = VAETransformer(**TINY).fit(rare)
    np.testing.assert_array_equal(transformer.transform(table.assign(city="Mars")), transformer.transform(
        table.assign(city="a")))  # both are rare


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_columns_as_condition(library, table):
    full = table.assign(city=table["city"].fillna("Oslo"))
    frame = full if library == "pandas" else pl.from_pandas(full)
    transformer = VAETransformer(**TINY, condition=["city", "smokes"]).fit(frame)
    assert transformer.rows_.schema.names == ("income", "height", "visits", "born")
    given = frame[["smokes", "city"]]
    rows = transformer.sample(90, condition=given)
    assert list(rows.columns) == list(table.columns[1:])
    assert list(rows["city"]) == list(full["city"])
    assert list(rows["smokes"]) == list(full["smokes"])
    z = transformer.transform(frame)
    encoded = zukan.data.items(frame, schema=transformer.rows_.schema, fitted=transformer.rows_.condition,
                               condition=["smokes", "city"]).split.condition
    np.testing.assert_array_equal(transformer.rows_.encode(given), encoded)
    assert not np.allclose(transformer.transform(full.assign(city="Rome")), z)
    decoded = pickle.loads(pickle.dumps(transformer)).inverse_transform(z, condition=given)
    assert list(decoded["height"]) == list(transformer.inverse_transform(z, condition=given)["height"])
    with pytest.raises(zukan.InputError, match="the 2 columns of the condition for each of the 5 codes, got None"):
        transformer.sample(5)


def test_copies_pipelines_and_set_output(fitted, table):
    copy = pickle.loads(pickle.dumps(fitted))
    np.testing.assert_array_equal(copy.score_samples(table), fitted.score_samples(table))
    codes = copy.set_output(transform="polars").transform(table)
    assert codes.columns == ["vaetransformer0", "vaetransformer1"]
    with pytest.raises(ValueError, match="feature names should match"):
        fitted.transform(table[table.columns[::-1]])
    pipeline = make_pipeline(VAETransformer(**{**TINY, "epochs": 60}), LogisticRegression())
    y = table["income"] > table["income"].median()
    assert pipeline.fit(table, y).score(table, y) > 0.8


def test_a_table_with_another_likelihood_is_an_array(table):
    numbers = table[["income", "visits"]]
    transformer = VAETransformer(**TINY, likelihood="normal").fit(numbers)
    assert isinstance(transformer.inverse_transform([[0.0, 0.0]]), np.ndarray)
    with pytest.warns(UserWarning, match="does not have valid feature names"):
        np.testing.assert_array_equal(transformer.transform(numbers.to_numpy()), transformer.transform(numbers))
    mixed = VAETransformer(**TINY, likelihood=Mixed(numeric="student-t")).fit(table)
    assert mixed.vae_.likelihood.schema.names == mixed.rows_.schema.names
    with pytest.raises(zukan.InputError, match="columns must be left out unless X is a table"):
        VAETransformer(**TINY, likelihood="normal", columns={"visits": "count"}).fit(numbers)


def test_tables_of_one_kind_share_programs(fitted, table):
    other = VAETransformer(**TINY).fit(table.assign(height=table["height"] / 7, income=table["income"] ** 2))
    assert other.vae_.programs is fitted.vae_.programs
    assert VAETransformer(**TINY).fit(table.drop(columns="born")).vae_.programs is not fitted.vae_.programs
