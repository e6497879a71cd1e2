"""Filled and new cells are written as the table writes its own; small and unscaled tables; conditions."""

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import zukan
from zukan import commands
from zukan.commands import training_runs
from zukan.priors import Mixture
from zukan.runs.tables import rows

FIELDS = {"epochs": 2, "encoder": {"name": "mlp", "units": [4]}, "batch_size": 32}


def frame(n=120):
    rng = np.random.default_rng(0)
    zips = np.where(rng.random(n) < 0.9, rng.choice([1067, 20095], n), rng.integers(30_000, 40_000, n))
    return pd.DataFrame({"day": pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(0, 900, n), unit="D"),
                         "zip": pd.array(zips, "Int64"), "yes": pd.array(rng.random(n) < 0.5, "boolean"),
                         "sex": rng.choice(["F", "M"], n), "income": np.round(rng.lognormal(8, 3, n), 2)})


def with_gaps(table):
    table = table.copy()
    for place, name in enumerate(["day", "zip", "yes", "income"]):
        table.loc[table.index[5 + place :: 11], name] = pd.NA
    return table


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training_runs, "write_atlas", lambda *_: None)
        return zukan.train(with_gaps(frame()), out=tmp_path_factory.mktemp("forms") / "run", columns="zip=category", **FIELDS)


def test_points_in_time_at_midnight_stay_there(run, tmp_path):
    new = run.model.sample(200)
    assert new["day"].dt.normalize().equals(new["day"])
    commands.sample(run.path, tmp_path / "new.csv", count=3)
    assert len(pd.read_csv(tmp_path / "new.csv")["day"][0]) == len("2020-01-01")


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_a_rare_level_fills_a_column_of_numbers(run, library, monkeypatch):
    table = with_gaps(frame())
    given = table if library == "pandas" else pl.from_pandas(table)
    rare = run.model.likelihood.schema.columns[1].levels.index("(rare)")
    typical = run.model.likelihood.typical
    monkeypatch.setattr(run.model.likelihood, "typical", lambda summary: np.where(
        np.arange(5) == 1, rare, typical(summary)).astype("float32"))
    filled = run.model.impute(given, samples=2)
    gaps = table["zip"].isna().to_numpy()
    cells = np.array([str(cell) for cell in filled["zip"].to_list()])
    assert set(cells[gaps]) == {"(rare)"}
    assert cells[~gaps].tolist() == [str(cell) for cell in table["zip"][~gaps]]


def test_pieces_of_a_column_that_are_filled_differently_are_joined(run, monkeypatch):
    table = with_gaps(frame()).reset_index(drop=True)
    table.loc[:70, "zip"] = frame()["zip"][:71]  # only later pieces have gaps
    monkeypatch.setattr(zukan.data.tables.table, "BATCH", 50)
    rare = run.model.likelihood.schema.columns[1].levels.index("(rare)")
    typical = run.model.likelihood.typical
    monkeypatch.setattr(run.model.likelihood, "typical", lambda summary: np.where(
        np.arange(5) == 1, rare, typical(summary)).astype("float32"))
    filled = run.model.impute(pa.Table.from_pandas(table, preserve_index=False), samples=2)["zip"].to_pylist()
    gaps = table["zip"].isna()
    assert {cell for cell, gap in zip(filled, gaps, strict=True) if gap} == {"(rare)"}
    assert [cell for cell, gap in zip(filled, gaps, strict=True) if not gap] == [str(cell) for cell in table["zip"][~gaps]]


def test_filled_cells_are_written_as_those_of_the_file(run, tmp_path):
    table = with_gaps(frame())
    text = pd.DataFrame({"day": table["day"].dt.strftime("%Y/%m/%d"), "zip": table["zip"], "sex": table["sex"],
                         "yes": table["yes"].map({True: "TRUE", False: "FALSE"}), "income": table["income"]})
    text.to_csv(tmp_path / "t.csv", index=False)
    commands.impute(run.path, tmp_path / "t.csv", tmp_path / "f.csv", samples=2)
    filled = pd.read_csv(tmp_path / "f.csv", dtype=str)
    assert filled["day"].str.fullmatch(r"\d{4}/\d\d/\d\d").all()
    assert set(filled["yes"]) == {"TRUE", "FALSE"}


def test_arrays_of_a_table_are_filled_exactly(run, tmp_path):
    commands.sample(run.path, tmp_path / "new.npz", count=20)
    with np.load(tmp_path / "new.npz") as arrays:
        content = dict(arrays)
    before = content["x"].copy()
    content["x"][3, 4] = np.nan
    np.savez(tmp_path / "gap.npz", **content)
    commands.impute(run.path, tmp_path / "gap.npz", tmp_path / "f.npz", draws=2, samples=2)
    with np.load(tmp_path / "f.npz") as arrays:
        assert arrays["x"].shape == (2, 20, 5)
        there = ~np.isnan(content["x"])
        np.testing.assert_array_equal(arrays["x"][:, there], np.broadcast_to(before[there], (2, there.sum())))
    commands.impute(run.path, tmp_path / "gap.npz", tmp_path / "f.csv", samples=2)
    assert pd.read_csv(tmp_path / "f.csv")["sex"].isin(["F", "M"]).all()


def test_a_table_without_gaps_has_no_spread(run, tmp_path):
    frame().to_parquet(tmp_path / "t.parquet")
    commands.impute(run.path, tmp_path / "t.parquet", tmp_path / "f.csv", spread=tmp_path / "s.csv", samples=2)
    assert (tmp_path / "s.csv").read_text() == "item,column,value,low,high,certainty\n"
    with pytest.raises(zukan.InputError, match="the ending of the output file"):
        commands.impute(run.path, tmp_path / "t.parquet", tmp_path / "g.csv", spread=tmp_path / "s.txt")
    assert not (tmp_path / "g.csv").exists()
    frame().assign(draw=1).to_parquet(tmp_path / "d.parquet")
    with pytest.raises(zukan.InputError, match="draws adds a column 'draw'"):
        commands.impute(run.path, tmp_path / "d.parquet", tmp_path / "g.csv", draws=2)


def test_the_rows_of_a_run_are_its_cells(run):
    dataset = zukan.data.load(run.source, **run.recipe.options)
    cells = rows(run, dataset)
    numbers = np.concatenate([dataset.train.numbers, dataset.test.numbers])
    np.testing.assert_array_equal(cells[:, 4], with_gaps(frame())["income"].to_numpy(float)[numbers])


def test_a_condition_belongs_to_every_completed_row(tmp_path, monkeypatch):
    monkeypatch.setattr(training_runs, "write_atlas", lambda *_: None)
    run = zukan.train(frame(), out=tmp_path / "run", condition="sex", columns="zip=category", **FIELDS)
    with pytest.raises(zukan.InputError, match="where and like need the condition of the rows.*got no 'sex'"):
        commands.sample(run.path, tmp_path / "n.csv", where=["yes=true"])
    commands.sample(run.path, tmp_path / "n.csv", where=["yes=true"], condition=["sex=M"], count=30)
    new = pd.read_csv(tmp_path / "n.csv")
    assert new["yes"].all()
    assert set(new["sex"]) == {"M"}
    assert "imputation" in commands.evaluate(run.path, only=["imputation"])["absent"]


@pytest.mark.parametrize("scale", [1.0, 1e6])
def test_a_mixture_starts_from_few_codes_of_any_scale(scale):
    z = (np.random.default_rng(0).normal(size=(12, 3)) * [1.0, 1e-3, 0.0] * scale).astype("float32")
    prior = Mixture(4)
    prior.build(zukan.context.Shapes((3,), 3))
    prior.start(z, 0)
    for weight in (prior.logits, prior.mean, prior.log_var):
        assert np.isfinite(np.asarray(weight)).all()
    assert np.abs(np.exp(prior.logits) @ np.asarray(prior.mean) - z.mean(0)).max() < 1e-3 * scale


def test_three_rows_are_enough_for_new_ones(tmp_path, monkeypatch):
    monkeypatch.setattr(training_runs, "write_atlas", lambda *_: None)
    run = zukan.train({"a": [1.0, 2.5, 4.0], "b": ["x", "y", "x"]}, out=tmp_path / "run", scaling="none", **FIELDS)
    new = commands.sample(run.path, count=5)
    assert set(new["b"]) <= {"x", "y"}
    assert isinstance(new, pd.DataFrame)
