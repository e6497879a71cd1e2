"""Runs of tables: new rows, rows like others, filled gaps, in the types and units of the table."""

import csv

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

import zukan
from zukan import commands
from zukan.commands import training_runs
from zukan.runs.tables import filler, raw_splits, synthetic

ROWS = 240


def frame():
    """Return a table with every kind of column and gaps, whose columns depend on each other."""
    rng = np.random.default_rng(0)
    z = rng.normal(size=ROWS)
    table = pd.DataFrame({
        "name": [f"person {i}" for i in range(ROWS)],
        "height": np.round(170 + 10 * z + rng.normal(size=ROWS), 1),
        "pet": np.where(z > 0.4, "dog, large", np.where(z > -0.4, "cat", 'the "eel"')),
        "visits": rng.poisson(np.exp(1 + 0.7 * z)),
        "smokes": z + 0.3 * rng.normal(size=ROWS) > 0,
        "born": pd.Timestamp("1980-01-01") + pd.to_timedelta(np.rint(2000 * z), unit="D"),
        "income": np.round(np.exp(8 + z + 0.2 * rng.normal(size=ROWS)))})
    holes = rng.random((ROWS, 7)) < 0.1
    holes[:, [0, 3, 4, 5]] = False
    return table.mask(holes)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tables")
    frame().to_csv(folder / "people.csv", index=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training_runs, "write_atlas", lambda *_: None)
        return zukan.train(folder / "people.csv", out=folder / "run", epochs=60, latent_dim=2, batch_size=32,
                           encoder={"name": "mlp", "units": [32]}, learning_rate=0.01)


def read(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_recipe_says_mixed_and_missing(run):
    assert (run.recipe.likelihood, run.recipe.missing) == ("mixed", True)
    assert run.model.likelihood.schema.kinds == ("number", "category", "count", "boolean", "date", "number")


def test_new_rows_have_the_types_the_bounds_and_the_dependence_of_the_table(run, tmp_path):
    commands.sample(run.path, tmp_path / "new.csv", count=400, seed=1)
    new = pd.read_csv(tmp_path / "new.csv", parse_dates=["born"])
    old = frame()
    assert list(new) == ["height", "pet", "visits", "smokes", "born", "income"]
    assert len(new) == 400
    assert not new.isna().any().any()
    assert set(new["pet"]) == {"dog, large", "cat", 'the "eel"'}
    assert new["smokes"].dtype == bool
    assert new["visits"].dtype.kind == "i"
    assert (new["income"] % 1 == 0).all()
    for name in ("height", "income", "visits"):
        assert old[name].min() <= new[name].min() <= new[name].max() <= old[name].max()
    assert (new["height"] * 10 % 1).round(6).isin([0, 1]).all()  # one decimal
    assert new["height"].corr(new["income"], "spearman") > 0.6
    assert new["height"].std() == pytest.approx(old["height"].std(), rel=0.25)
    again = commands.sample(run.path, count=400, seed=1)  # without a file: a frame
    pd.testing.assert_frame_equal(again.astype({"visits": "int64"}), new.astype({"born": again["born"].dtype}),
                                  check_dtype=False)


def test_rows_where_columns_have_values(run, tmp_path):
    notes = []
    commands.sample(run.path, tmp_path / "dogs.csv", count=200, where=["pet=dog, large", "smokes=True"], log=notes.append)
    rows = read(tmp_path / "dogs.csv")
    assert {row["pet"] for row in rows} == {"dog, large"}
    assert {row["smokes"] for row in rows} == {"true"}
    heights = np.array([float(row["height"]) for row in rows])
    assert heights.mean() > frame()["height"].mean() + 4  # who has a dog is tall
    assert heights.std() > 1


def test_rows_like_others_keep_what_is_given(run, tmp_path):
    (tmp_path / "some.csv").write_text("height,pet\n185.5,\n,cat\n,\n", encoding="utf-8")
    commands.sample(run.path, tmp_path / "like.csv", like=tmp_path / "some.csv", count=60)
    rows = read(tmp_path / "like.csv")
    assert len(rows) == 60
    assert {row["height"] for row in rows[::3]} == {"185.5"}
    assert {row["pet"] for row in rows[1::3]} == {"cat"}
    assert len({row["income"] for row in rows[::3]}) > 3
    assert sum(row["pet"] == "dog, large" for row in rows[::3]) > 15
    commands.sample(run.path, tmp_path / "tall.csv", where={"height": 250.25}, count=3)  # taller than anyone in the table
    assert {row["height"] for row in read(tmp_path / "tall.csv")} == {"250.2"}


@pytest.mark.parametrize(("arguments", "words"), [
    ({"where": ["size=3"]}, "a column of where must be one of"), ({"where": ["pet"]}, "where must be a column and its value"),
    ({"where": ["pet=horse"]}, "where pet must be one of"), ({"where": ["pet="]}, "where must give a value of 'pet'"),
    ({"where": ["pet=cat", "pet=cat"]}, "got 'pet' twice"), ({"where": ["pet=cat"], "draw": False}, "without --no-draw"),
    ({"where": ["pet=cat"], "like": "x.csv"}, "must not both be given"), ({"count": 0}, "count must be"),
    ({"condition": "a"}, "condition must be left out")])
def test_wrong_requests_are_one_sentence(run, tmp_path, arguments, words):
    with pytest.raises(zukan.InputError, match=words) as caught:
        commands.sample(run.path, tmp_path / "new.csv", **arguments)
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "new.csv").exists()


def test_gaps_are_filled_and_every_other_cell_stays_as_it_is(run, tmp_path):
    source = run.path.parent / "people.csv"
    commands.impute(run.path, source, tmp_path / "filled.csv", spread=tmp_path / "spread.csv", samples=100)
    before, after = read(source), read(tmp_path / "filled.csv")
    assert [*before[0]] == [*after[0]]
    gaps = [(i, name) for i, row in enumerate(before) for name in row if name != "name" and not row[name]]
    for i, (old, new) in enumerate(zip(before, after, strict=True)):
        for name in old:
            if (i, name) in gaps:
                assert new[name], (i, name)
            else:
                assert new[name] == old[name]
    spread = read(tmp_path / "spread.csv")
    assert [(int(row["item"]), row["column"]) for row in spread] == gaps
    for row in spread:
        assert row["value"] == after[int(row["item"])][row["column"]]
        if row["column"] == "pet":
            assert 0 <= float(row["certainty"]) <= 1
        else:
            assert float(row["low"]) <= float(row["high"])


def test_random_fillings_stand_one_below_the_other(run, tmp_path):
    source = run.path.parent / "people.csv"
    commands.impute(run.path, source, tmp_path / "filled.parquet", draws=3, samples=100)
    table = pq.read_table(tmp_path / "filled.parquet").to_pandas()
    assert len(table) == 3 * ROWS
    assert table["draw"].tolist() == np.repeat(range(3), ROWS).tolist()
    gaps = frame()["height"].isna().to_numpy()
    drawn = table["height"].astype(float).to_numpy().reshape(3, ROWS)
    assert (drawn[0][gaps] != drawn[1][gaps]).mean() > 0.5
    np.testing.assert_array_equal(drawn[0][~gaps], drawn[1][~gaps])


def test_a_file_of_arrays_loads_as_the_same_table(run, tmp_path):
    commands.sample(run.path, tmp_path / "new.npz", count=50, seed=2)
    commands.sample(run.path, tmp_path / "new.csv", count=50, seed=2)
    schema = run.model.likelihood.schema
    from_arrays, from_text = (zukan.data.items(tmp_path / f"new.{ending}", schema=schema, missing=True).raw[:]
                              for ending in ("npz", "csv"))
    np.testing.assert_array_equal(from_arrays, from_text)


def test_rows_in_the_units_of_the_table(run):
    schema, train, test = raw_splits(run)
    assert train.shape == (200, 6)
    assert test.shape == (40, 6)
    new = synthetic(run, 30)
    np.testing.assert_array_equal(new, schema.tidy(new))
    raw = train[:20].copy()
    filled = filler(run, samples=10)(raw)
    np.testing.assert_array_equal(filled[~np.isnan(raw)], raw[~np.isnan(raw)])
    assert not np.isnan(filled).any()
