"""Columns that a user brings are joined to the items they belong to, and reach the bundle as they are."""

import json
import tracemalloc
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from small_runs import HOSTILE

import zukan
from zukan import checks, commands
from zukan.data.dataset import Split
from zukan.explorer import item_column, item_columns, read_metadata
from zukan.runs.data import reload

ROWS = np.array([4, 0, 3, 1, 2])  # training items first, as a split shuffles them


def data(names=None, features=()):
    """Return what `read_metadata` reads of a data set of five items."""
    splits = [Split(np.zeros((len(rows), 2)), rows=rows, names=None if names is None else tuple(names[i] for i in rows))
              for rows in (ROWS[:3], ROWS[3:])]
    schema = SimpleNamespace(names=features) if features else None
    return SimpleNamespace(train=splits[0], test=splits[1], schema=schema, account=SimpleNamespace(read=5))


def cells(columns):
    return {each.column.name: each.cells.tolist() for each in columns}


def test_a_table_without_a_key_is_joined_row_by_row():
    assert cells(read_metadata({"a": [0.5, 1.5, 2.5, 3.5, 4.5]}, data())) == {"a": [4.5, 0.5, 3.5, 1.5, 2.5]}


@pytest.mark.parametrize(("key", "column"), [(None, "item"), ("file", "file")])
def test_a_key_joins_by_name_in_any_order_and_reports_the_rest(key, column, tmp_path):
    names = [f"cats/{i}.png" for i in range(5)]
    table = pd.DataFrame({column: [names[3], "dog.png", names[0]], "a": [30, 99, 0]})
    table.to_parquet(tmp_path / "about.parquet")
    said = []
    got = cells(read_metadata(tmp_path / "about.parquet", data(names), key, said.append))
    np.testing.assert_array_equal(got["a"], [np.nan, 0, 30, np.nan, np.nan])
    assert len(said) == 2
    assert "3 of 5 items have no row" in said[0]
    assert "1 of 3 rows" in said[1]


def test_items_with_names_are_also_found_by_their_rows_and_by_an_index():
    frame = pd.DataFrame({"a": [10.0, 20.0]}, index=[1, 4])
    np.testing.assert_array_equal(cells(read_metadata(frame, data(list("vwxyz"))))["a"], [20, np.nan, np.nan, 10, np.nan])


@pytest.mark.parametrize("names", [None, list("vwxyz")])
def test_rows_that_are_counted_from_1_are_not_joined_to_the_next_item(names):
    frame = pd.DataFrame({"a": [1.0, 2, 3, 4, 5]}, index=range(1, 6))
    with pytest.raises(zukan.InputError, match="must count the items from 0, got numbers from 1 to 5; subtract 1"):
        read_metadata(frame, data(names))
    frame.index = range(5)
    assert cells(read_metadata(frame, data(names)))["a"] == [5, 1, 4, 2, 3]


def test_a_key_of_whole_numbers_with_a_gap_is_read_as_whole_numbers():
    frame = pd.DataFrame({"item": [4, None, 1], "a": [40, 9, 10]})  # of pandas, these are 4.0 and 1.0
    np.testing.assert_array_equal(cells(read_metadata(frame, data()))["a"], [40, np.nan, np.nan, 10, np.nan])


def test_what_the_page_calls_a_color_gets_another_name():
    assert list(cells(read_metadata({"cluster": [0, 1, 2, 3, 4], "density": list("abcde")}, data()))) == [
        "cluster (table)", "density (table)"]


def test_a_long_text_costs_its_own_memory_and_not_that_of_all_rows():
    texts = [f"row {i}" for i in range(4000)]
    texts[7] = "x" * 50_000
    many = SimpleNamespace(**{**vars(data()), "account": SimpleNamespace(read=4000)})
    tracemalloc.start()
    got = read_metadata(pd.DataFrame({"text": texts}), many)[0]
    assert tracemalloc.get_traced_memory()[1] < 1e8  # an array of text would take 800 MB
    tracemalloc.stop()
    assert got.cells.tolist() == ["row 4", "row 0", "row 3", "row 1", "row 2"]


def test_every_kind_of_column_keeps_its_cells():
    said = []
    got = read_metadata({"number": [1.5, None, -2.0, 0.0, 3.0], "flag": [True, False, None, True, True],
                         "level": ["b", "a", "", "a", "b"], "nothing": [None] * 5, "score": [1, 2, 3, 4, 6],
                         "day": ["2020-01-01", "2020-01-02", "2020-01-03", "2020-01-04", ""]}, data(), None, said.append)
    assert [(each.column.name, each.column.kind) for each in got] == [
        ("number", "number"), ("flag", "boolean"), ("level", "category"), ("score (table)", "number"), ("day", "date")]
    assert got[2].column.levels == ("a", "b")
    np.testing.assert_array_equal(got[2].cells, [1, 1, 0, 0, np.nan])
    np.testing.assert_array_equal(got[4].cells / 86400, [np.nan, 18262, 18265, 18263, 18264])
    assert "'nothing'" in said[0]
    many = {"note": [f"page {i}" for i in range(20)]}
    assert read_metadata(many, SimpleNamespace(**{**vars(data()), "account": SimpleNamespace(read=20)}))[0].is_text


def test_columns_that_the_model_sees_are_not_repeated():
    said = []
    assert list(cells(read_metadata({"size": [0, 1, 2, 3, 4], "name": list("abcde")}, data(features=("size",)), None, said.append))) == ["name"]
    assert "'size'" in said[0]


@pytest.mark.parametrize(("metadata", "key", "message"), [
    ({"a": [1, 2]}, None, r"must have a row for each of the 5 items.*got 2 rows.*--key"),
    ({"item": [1, 1], "a": [1, 2]}, None, r"must name each item once, got '1' in rows 0 and 1"),
    ({"item": ["x", "y"], "a": [1, 2]}, None, r"row numbers from 0, such as '4', got 'x', 'y'"),
    ({"a": [1]}, "id", r"key must be a column of .*, got 'id'"),
    ({"item": [1, 2], "a": [1, np.inf]}, None, r"must hold a finite number in every row, got inf"),
    (np.zeros((2, 2)), None, r"metadata must be a table"), ("nowhere.csv", None, r"must be a file that exists"),
    (None, "id", r"key must be given together with metadata")])
def test_metadata_that_does_not_fit_is_answered_in_one_sentence(metadata, key, message):
    with pytest.raises(checks.InputError, match=message) as caught:
        read_metadata(metadata, data(), key)
    assert "\n" not in str(caught.value)


def test_a_column_that_code_adds():
    column = item_column("cluster", "category", ["b", None, "a", "b", float("nan")])
    assert column.column.levels == ("a", "b")
    np.testing.assert_array_equal(column.cells, [1, np.nan, 0, 1, np.nan])
    assert item_column("x", "number", [1.25, -2, np.nan]).column.decimals == 2
    assert item_column("t", "text", ["a", None]).cells.tolist() == ["a", ""]
    with pytest.raises(checks.InputError, match="must hold numbers"):
        item_column("x", "number", ["a"])
    with pytest.raises(checks.InputError, match="kind must be one of"):
        item_column("x", "date", [1])
    missing = pd.array(["a", None], "string").tolist()
    assert item_column("t", "text", missing).cells.tolist() == ["a", ""]


@pytest.mark.parametrize(("kind", "values", "message"), [
    ("boolean", [0, 1, 7], "must hold 0 and 1, got 7"), ("number", [1.0, -np.inf], "must hold finite numbers, got -inf"),
    ("number", [[1, 2]], "one value for each item"), ("text", [["a", "b"], ["c", "d"]], "one value for each item"),
    ("category", "abc", "one value for each item")])
def test_a_column_that_code_adds_and_that_is_wrong(kind, values, message):
    with pytest.raises(checks.InputError, match=message):
        item_column("x", kind, values)


def test_a_column_needs_a_value_for_each_item(run, tmp_path):
    with pytest.raises(checks.InputError, match="'a' must have a value for each of the 40 items, got 2"):
        zukan.explorer.build(run, reload(run), tmp_path / "out", extra=[item_column("a", "number", [1, 2])])
    assert not (tmp_path / "out").exists()


def test_the_bundle_holds_the_columns_as_text_that_is_no_markup(run, tmp_path):
    frame = {str(HOSTILE[0]): [str(text) for text in HOSTILE] * 20, "note": [f"{HOSTILE[0]}{i}" for i in range(40)]}
    commands.explore(run.path, export=tmp_path / "out", metadata=frame)
    columns = json.loads((tmp_path / "out" / "atlas.json").read_text("utf-8"))["extra"]["columns"]
    assert [(column["name"], column["kind"], column["cells"]) for column in columns] == [
        (str(HOSTILE[0]), "category", "u8"), ("note", "text", "json")]
    rows = np.fromfile(tmp_path / "out" / "data" / "rows.i32", "<i4")
    levels = np.fromfile(tmp_path / "out" / "data" / item_columns.file_name(0, "u8"), "u1")
    assert [columns[0]["levels"][level] for level in levels] == [str(HOSTILE[row % 2]) for row in rows]
    notes = json.loads((tmp_path / "out" / "data" / item_columns.file_name(1, "json")).read_text("utf-8"))
    assert notes == [f"{HOSTILE[0]}{row}" for row in rows]


def test_the_widget_takes_a_data_frame(run):
    frame, said = pd.DataFrame({"name": [3, 5], "weight": [1.5, 2.5]}), []
    widget = zukan.explorer.Explorer(run, metadata=frame, key="name", log=said.append)
    assert "38 of 40 items have no row" in said[0]
    weights = np.fromfile(widget._files["data/" + item_columns.file_name(0, "f32")], "<f4")
    rows = np.fromfile(widget._files["data/rows.i32"], "<i4")
    assert dict(zip(rows[~np.isnan(weights)].tolist(), weights[~np.isnan(weights)].tolist(), strict=True)) == {3: 1.5, 5: 2.5}
