"""The cells of a table in the bundle are those of the table, and its columns say how to read and scale them."""

import importlib.util
import json
from pathlib import Path

import numpy as np
import onnxruntime
import pyarrow as pa
import pytest
from pyarrow import csv
from small_runs import train

from zukan.data.tables.schema import ColumnType
from zukan.explorer import bundle, columns
from zukan.runs.data import reload

WEB = Path(__file__).parents[2] / "web" / "tests"


@pytest.mark.skipif(not WEB.is_dir(), reason="not a checkout")
def test_the_columns_that_the_page_is_tested_with_are_up_to_date():
    spec = importlib.util.spec_from_file_location("columns_of_web", WEB / "columns.py")
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    known, now = json.loads(made.FILE.read_text("utf-8")), json.loads(made.text())
    for old, new in zip(known["columns"], now["columns"], strict=True):
        quantiles = old.pop("quantiles"), new.pop("quantiles")
        assert old == {name: pytest.approx(value, rel=1e-9) if isinstance(value, float) else value
                       for name, value in new.items()}
        if quantiles[0] is not None:
            np.testing.assert_allclose(np.concatenate([np.ravel(part) for part in quantiles[0]]),
                                       np.concatenate([np.ravel(part) for part in quantiles[1]]), rtol=1e-9, atol=1e-12)
    for name in ("x", "raw", "cells", "scaled"):
        np.testing.assert_allclose(*(np.array(file[name], "float64") for file in (known, now)), rtol=1e-6, atol=1e-9)
    assert [row[4:] for row in known["texts"]] == [row[4:] for row in now["texts"]]


def make_table(n=60):
    """Return a table with gaps, a rare level, and points in time that float32 cannot tell apart."""
    draw = np.random.default_rng(3)
    seconds = 1_600_000_000 + 7 * np.arange(n)
    return pa.table({
        "<b>size</b>": pa.array([None if i % 7 == 0 else round(float(v), 1) for i, v in enumerate(draw.normal(5, 2, n))]),
        "visits": pa.array([None if i == 3 else int(v) for i, v in enumerate(draw.poisson(2, n))]),
        "open": pa.array([None if i == 4 else bool(v) for i, v in enumerate(draw.random(n) < 0.5)]),
        "town": pa.array([None if i == 5 else ("Delft", "Leiden")[i % 2] for i in range(n)]),
        "seen": pa.array([None if i == 6 else np.datetime64(int(s), "s").item() for i, s in enumerate(seconds)])})


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    folder = tmp_path_factory.mktemp("table")
    csv.write_csv(make_table(), folder / "towns.csv")
    run = train(str(folder / "towns.csv"), folder / "run", columns={"visits": "count"})
    bundle.write(run, reload(run), folder / "out")
    return run, folder / "out"


def read(out, place, kind):
    values = np.fromfile(out / "data" / columns.file_name(place, kind), columns.TYPES[kind])
    return np.where(values == np.iinfo(values.dtype).max, np.nan, values) if kind.startswith("u") else values


def test_the_cells_are_those_of_the_table(exported):
    _, out = exported
    atlas, table = json.loads((out / "atlas.json").read_text("utf-8")), make_table()
    described = atlas["table"]["columns"]
    assert [column["name"] for column in described] == table.column_names
    assert [column["kind"] for column in described] == ["number", "count", "boolean", "category", "date"]
    assert [column["cells"] for column in described] == ["f32", "f32", "u8", "u8", "f64"]
    assert not list((out / "data").glob("items-*"))
    rows = np.fromfile(out / "data" / "rows.i32", "<i4")
    assert sorted(rows) == list(range(60))
    assert not np.array_equal(rows, np.arange(60))  # training rows first
    for place, column in enumerate(described):
        cells = read(out, place, column["cells"])
        expected = table[column["name"]].take(rows)
        assert np.isnan(cells).tolist() == expected.is_null().to_pylist()
        decimals = column["decimals"]
        for cell, value in zip(cells, expected.to_pylist(), strict=True):
            if value is None:
                continue
            if column["kind"] == "category":
                assert column["levels"][int(cell)] == value
            elif column["kind"] == "date":
                assert np.datetime64(int(cell), "s").item() == value
            else:
                assert (cell if decimals is None else round(float(cell), decimals)) == value


def test_the_columns_scale_the_cells_to_what_the_network_sees(exported):
    run, out = exported
    atlas, data = json.loads((out / "atlas.json").read_text("utf-8")), reload(run)
    raw = np.column_stack([read(out, place, column["cells"]) for place, column in enumerate(atlas["table"]["columns"])])
    x = np.concatenate([data.train.x, data.test.x])
    for place, column in enumerate(atlas["table"]["columns"]):
        if column["quantiles"] is None:
            np.testing.assert_allclose((raw[:, place] - column["offset"]) / column["factor"], x[:, place], atol=1e-5)
    observed = ~np.isnan(x)
    session = onnxruntime.InferenceSession(out / "models" / "encoder.onnx")
    mean = session.run(["mean"], {"x": np.where(observed, x, 0), "observed": observed.astype("float32")})[0]
    np.testing.assert_allclose(mean, np.fromfile(out / "data" / "means.f32", "<f4").reshape(60, 2), atol=1e-5)
    decoded = onnxruntime.InferenceSession(out / "models" / "decoder.onnx").run(["x"], {"z": mean})[0]
    np.testing.assert_allclose(decoded, run.model.decode(mean), atol=1e-5)
    assert set(np.unique(decoded[:, 3])) <= {0.0, 1.0}  # the number of the most probable level
    assert ((decoded[:, 2] > 0) & (decoded[:, 2] < 1)).all()  # a probability


@pytest.mark.parametrize(("column", "values", "kind"), [
    ({"kind": "boolean"}, [0, 1], "u8"), ({"kind": "category", "levels": ("a",) * 255}, [254], "u8"),
    ({"kind": "category", "levels": ("a",) * 256}, [255], "u16"), ({"kind": "category", "levels": ("a",) * 65536}, [0], "f32"),
    ({"decimals": 1}, [0.1, np.nan], "f32"), ({}, [0.1], "f64"), ({}, [0.5], "f32"), ({"decimals": 0}, [2.0**24 + 1], "f64")])
def test_the_smallest_type_that_holds_the_cells(column, values, kind):
    assert columns.stored(ColumnType("a", **column), np.array(values, "float64")) == kind


def test_an_infinite_range_is_not_in_the_manifest():
    entry = columns.entry(ColumnType("a"), "f32")
    assert (entry["low"], entry["high"], entry["decimals"]) == (None, None, None)
