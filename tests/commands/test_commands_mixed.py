"""A table of every kind of column: trained from memory and from a file, and new rows of other types."""

import datetime

import numpy as np
import pytest

import zukan
from zukan.runs.data import features, read_items, reload

pandas = pytest.importorskip("pandas")
RNG = np.random.default_rng(0)
FRAME = pandas.DataFrame({
    "size": RNG.normal(3, 2, 60), "visits": RNG.poisson(2, 60), "sex": RNG.choice(["F", "M"], 60), "ok": RNG.random(60) < 0.5,
    "zip": RNG.choice([1067, 10115], 60), "day": [datetime.date(2024, 1, 1) + datetime.timedelta(int(k)) for k in RNG.integers(0, 90, 60)]})
HOLES = FRAME.mask(RNG.random(FRAME.shape) < 0.1)
FIELDS = {"epochs": 1, "encoder": zukan.networks.MLP([2]), "likelihood": "normal", "columns": "zip=category"}


def run_on(tmp_path, frame, door, **fields):
    if door == "csv":
        frame.to_csv(tmp_path / "t.csv", index=False)
    return zukan.train(tmp_path / "t.csv" if door == "csv" else frame, out=tmp_path / "run", **{**FIELDS, **fields})


@pytest.mark.parametrize("door", ["csv", "frame"])
def test_gaps_need_no_option_and_the_run_knows_its_columns(door, tmp_path):
    run = zukan.Run.open(run_on(tmp_path, HOLES, door).path)
    assert (run.recipe.missing, run.model.missing, run.recipe.kinds) == (True, True, {"zip": "category"})
    dataset = reload(run)
    scaling, schema = features(run)
    assert schema == dataset.schema
    assert schema.kinds == ("number", "count", "category", "boolean", "category", "date")
    assert schema.library == run.environment["library"] == {"csv": "", "frame": "pandas"}[door]
    np.testing.assert_array_equal(scaling.offset, schema.offset)
    raw = scaling.undo(dataset.train.x.astype("float64"))
    np.testing.assert_allclose(np.nanmin(raw, axis=0), [column.low for column in schema.columns], rtol=1e-6)
    np.testing.assert_allclose(np.nanmax(raw, axis=0), [column.high for column in schema.columns], rtol=1e-6)
    new = pandas.DataFrame({"sex": ["M", None], "day": ["2024/01/05", "2024/02/01"], "size": ["1.5", ""], "visits": [3.0, 1.0],
                            "zip": ["10115", "1067"], "ok": [1, 0]})
    np.testing.assert_allclose(scaling.undo(read_items(run, new).x.astype("float64")), [
        [1.5, 3, 1, 1, 1, 19727 * 86400], [np.nan, 1, np.nan, 0, 0, 19754 * 86400]], rtol=1e-6)


def test_a_run_without_gaps_says_how_to_allow_them(tmp_path):
    run = run_on(tmp_path, FRAME, "csv")
    assert (run.recipe.missing, run.model.missing) == (False, False)
    with pytest.raises(zukan.InputError, match="column 'size' .* got no value in row .* or train the run with --missing"):
        read_items(run, HOLES)
    assert zukan.data.load(tmp_path / "t.csv", missing=True).missing  # a model for gaps, if new rows will have some


def test_arrays_are_built_for_missing_values_only_if_asked():
    x = RNG.normal(size=(20, 2))
    assert [zukan.data.load(x, missing=missing).missing for missing in (None, False, True)] == [False, False, True]
    x[3, 1] = np.nan
    for missing in (None, False):
        with pytest.raises(zukan.InputError, match="--missing"):
            zukan.data.load(x, missing=missing)
    assert zukan.data.load(x, missing=True).missing


def test_zukan_data_tells_each_column():
    rows = [text for name, text in zukan.commands.data(HOLES, columns="zip=category") if name == "column"]
    gaps = HOLES.isna().sum()
    assert rows[1].startswith("'visits': count, whole numbers from 0 to ")
    assert rows[1].endswith(f"; {gaps['visits']} gaps")
    assert rows[2] == f"'sex': category, text with 2 levels; {gaps['sex']} gaps"
    many = [text for name, text in zukan.commands.data({f"c{i}": RNG.normal(size=9) for i in range(50)}) if name == "column"]
    assert (len(many), many[-1]) == (41, "and 10 more")
