"""Parquet, JSON lines and Excel files, and tables larger than memory."""

import json
import sys

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet
from small_table import NUMBERS, arrays, numbers, write

from zukan import data
from zukan.checks import InputError
from zukan.data import memory
from zukan.data.lazy import cache
from zukan.data.sources import jsonlines


def book(*sheets):
    workbook = pytest.importorskip("openpyxl").Workbook()
    workbook.remove(workbook.active)
    for number, rows in enumerate(sheets):
        sheet = workbook.create_sheet(f"sheet {number}")
        for row in rows:
            sheet.append(row)
    return workbook


def test_the_first_sheet_that_holds_anything(tmp_path):
    book([], [[None], [None, "a", "b"], [None, 1, 2.5], [], [None, "=1+1", "#DIV/0!"], [None, 0.1 + 0.2, True]], [["x"], [1]]).save(tmp_path / "t.xlsx")
    with pytest.raises(InputError, match=r"column '(a|b)' of .*t.xlsx"):
        data.load(tmp_path / "t.xlsx")
    book([], [["a", "b"], [1, 2.5], [0.125, 4]], [["x"], [1]], []).save(tmp_path / "u.xlsx")
    collected = data.collect(tmp_path / "u.xlsx")
    np.testing.assert_array_equal(collected.arrays["x"], [[1, 2.5], [0.125, 4]])
    assert collected.notes == ("left out 1 sheet after the first: 'sheet 2'",)


@pytest.mark.parametrize(("rows", "words"), [
    ([], "its sheets are empty"), ([["a", "a"], [1, 2]], "different names, got 'a' twice; rename one"), ([["a", "b"], ["?", None]], "left out 2 columns without any value: 'a', 'b'"),
    ([["a", 2020], [1, 2], ["x", 3]], "mixes names and numbers; say with header"), ([["a"]], "must hold rows"),
])
def test_mistakes_in_sheets(rows, words, tmp_path, refused):
    book(rows).save(tmp_path / "t.xlsx")
    refused(tmp_path / "t.xlsx", words, "t.xlsx")


def test_excel_without_openpyxl(tmp_path, monkeypatch):
    (tmp_path / "t.xlsx").write_bytes(b"PK\3\4")
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(InputError, match=r"t.xlsx' needs the package openpyxl, which is not installed; pip install 'zukan\[excel\]'"):
        data.load(tmp_path / "t.xlsx")


@pytest.mark.parametrize(("text", "words"), [
    ('{"a": 1}\nnot\n', ["its line 2 is not JSON", "one JSON object in each line"]), ("[1, 2]\n", ["its line 1 is not an object", "[1, 2]"]),
    ("\n\n", ["must hold rows"]), ('{"a": 1}\n{"a": "x"}\n{"a": 3}\n', ["2 numbers and 1 text, 'x' in row 2"]),
    ("[" * 100_000, ["its line 1 is not JSON"]),
])
def test_mistakes_in_json_lines(text, words, tmp_path, refused):
    refused(write(tmp_path, text, "t.jsonl"), *words)


def test_json_lines_need_not_have_the_same_keys(tmp_path):
    path = write(tmp_path, '{"a": 1}\n\n{"b": "NA", "a": true}\n{"b": 2.5, "a": null}\n', "t.ndjson")
    with pytest.raises(InputError, match="column 'a' .* 1 number and 1 text, 'True' in row 2"):
        data.load(path)
    path = write(tmp_path, '{"a": 1}\n\n{"b": 1.5, "a": 2}\n{"b": 2.5, "a": null}\n', "t.ndjson")
    np.testing.assert_array_equal(arrays(path, missing=True)["x"], [[1, np.nan], [2, 1.5], [np.nan, 2.5]])


@pytest.mark.parametrize("door", ["csv", "parquet"])
def test_a_table_that_fits_nowhere_is_refused(door, tmp_path, monkeypatch):
    if door == "csv":
        path = write(tmp_path, "a,b\n" + "1,2\n3,4\n" * 1000)
    else:
        path = tmp_path / "t.parquet"
        parquet.write_table(pa.table({"a": np.arange(1000.0) ** 2}), path)
    monkeypatch.setattr(memory, "available", lambda: 100)
    monkeypatch.setattr(cache, "has_room", lambda _: False)
    with pytest.raises(InputError, match="must fit into the free memory"):
        data.load(path)


def test_a_large_table_is_read_into_the_cache_once(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    rng = np.random.default_rng(0)
    x = rng.normal(size=(9000, 3))  # more than two blocks
    path = write(tmp_path, "a,b,c\n" + "".join(f"{a!r},{b!r},{c!r}\n" for a, b, c in x.tolist()))
    whole = data.load(path)
    streamed = data.load(path, memory=1e-9)
    assert streamed.provenance == whole.provenance
    np.testing.assert_array_equal(streamed.train.x[:], whole.train.x)
    (written,) = (tmp_path / "cache").rglob("*.bin")
    before = written.stat().st_mtime_ns
    np.testing.assert_array_equal(data.load(path, memory=1e-9).test.x[:], whole.test.x)
    assert written.stat().st_mtime_ns == before
    path = write(tmp_path, "a,b,c\n1,2,3\n" + "4,5,6\n" * 9)
    np.testing.assert_array_equal(data.load(path, memory=1e-9, scaling="none").train.x[:].max(axis=0), [4, 5, 6])


def test_a_table_in_a_run_is_read_by_names_and_told(tmp_path):
    path = write(tmp_path, "extra,weight,height\n9,10.0,1.0\n9,20.0,2.0\n9,30.0,3.0\n9,50.0,4.0\n")
    split, _, notes, *_ = data.items(path, schema=numbers("height", "weight"))
    np.testing.assert_array_equal(split.x, NUMBERS)
    assert notes == ("left out 1 column that the run does not use: 'extra'",)


def test_only_the_columns_of_the_run_must_be_clear(tmp_path):
    path = write(tmp_path, "price;x\n5,000;2\n12;4\n")
    with pytest.raises(InputError, match="'5,000' in row 2 of column 'price' may be 5000 or 5.000"):
        data.load(path)
    np.testing.assert_array_equal(data.items(path, schema=numbers("x"))[0].x, [[2], [4]])


@pytest.mark.parametrize("parts", [([1, 2], [1.5, 2]), ([1.5, 2], [1, 2]), (None, [1.5, 2])])
def test_lists_in_json_lines_whose_numbers_change_their_type(parts, tmp_path, monkeypatch):
    monkeypatch.setattr(jsonlines, "BATCH", 16)
    rows = [{"v": part, "k": i} for part in parts for i in (3, 1, 2, 5)]
    path = write(tmp_path, "".join(json.dumps(row) + "\n" for row in rows), "t.jsonl")
    dataset = data.collect(path, missing=True)
    if parts[0] is None:  # a list may not be missing
        assert dataset.arrays["columns"].tolist() == ["k"]
        assert "left out 1 column of a type that is not read: 'v' (list<item: double>)" in dataset.notes
    else:
        assert dataset.arrays["x"].tolist() == [[*row["v"], row["k"]] for row in rows]
