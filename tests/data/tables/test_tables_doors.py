"""The same table through every door and in every form of text gives the same data set."""

import csv
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from table_doors import DOORS, by_rows, write_text

from zukan import data
from zukan.checks import InputError

NUMBERS = st.one_of(st.none(), st.floats(-1e30, 1e30), st.integers(-9, 9).map(float))
COUNTS = st.integers(-(2**40), 2**40)
FLAGS = st.sampled_from([True, False, None])
WORDS = st.text("abcdeé ßü,;'#|", min_size=1, max_size=6).map(lambda text: f"k{text}k")
ROWS = st.lists(st.tuples(NUMBERS, COUNTS, FLAGS, WORDS, st.sampled_from(["a b", "Größe", "k"])), min_size=8, max_size=14)
QUICK = settings(max_examples=12, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
FIRST = (0.5, 1, True, "first text", "k")  # shows the decimal mark, and that there are flags


def table_of(rows):
    return dict(zip(("höhe, cm", "count", "flag", "note", "kind"), map(list, zip(FIRST, *rows, strict=True)), strict=True))


def described(source, **options):
    dataset = data.load(source, label="kind", missing=True, **options)
    x, y, rows = ([np.asarray(getattr(split, name)) for split in (dataset.train, dataset.test)] for name in ("x", "y", "rows"))
    notes = [note for note in dataset.notes if "decimal mark" not in note and "separate the columns" not in note and "Windows-1252" not in note]
    return (dataset.columns, dataset.class_names, [[part.tobytes() for part in parts] for parts in (x, y, rows)], notes,
            [group for group in dataset.account.left_out if group.names != ("",)])


def without_index_note(description):
    *rest, notes, groups = description
    return *rest, [note for note in notes if "of the rows" not in note], groups


@pytest.mark.parametrize("door", [door for door in DOORS if door != "columns"])
def test_every_door_gives_the_same(door):
    @QUICK
    @given(ROWS)
    def check(rows):
        with tempfile.TemporaryDirectory() as folder:
            table = table_of(rows)
            if door == "excel":  # which keeps 15 digits
                table["höhe, cm"] = [value if value is None else float(f"{value:.12g}") for value in table["höhe, cm"]]
            expected = described(table)
            assert without_index_note(described(DOORS[door](Path(folder), table))) == expected

    check()


@pytest.mark.parametrize("door", ["csv", "jsonl", "parquet", "jsonl.gz"])
def test_larger_than_memory_gives_the_same(door, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    rng = np.random.default_rng(0)
    rows = [(float(x) if x > -1 else None, i, bool(x > 0), "text", "ab"[i % 2]) for i, x in enumerate(rng.normal(size=40).tolist())]
    source = DOORS[door](tmp_path, table_of(rows))
    whole = described(source)
    for _ in range(2):  # the second time from the cache
        assert described(source, memory=1e-9) == whole
    assert type(data.load(source, memory=1e-9, missing=True).train.x).__name__ == "Rows"


FORMS = st.fixed_dictionaries({
    "separator": st.sampled_from([",", ";", "\t", "|", " "]), "decimal": st.sampled_from([".", ","]),
    "encoding": st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "latin-1", "cp1252"]),
    "line_end": st.sampled_from(["\n", "\r\n", "\r"]), "quoting": st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
    "mark": st.sampled_from(["NA", "", "#N/A", "<NA>", "nan", ".", "?", "-", "#DIV/0!", "NULL", "None"])})


@settings(QUICK, max_examples=120)
@given(ROWS, FORMS, st.sampled_from([".csv", ".csv.gz", ".csv.zst", ".csv.bz2", ".csv.xz", ".tsv", ".txt", ".dat", ".log", ".zip"]))
def test_every_form_of_text_gives_the_same(rows, form, ending):
    if form["separator"] == " " and form["mark"] == "":
        form["mark"] = "NA"  # an empty cell between spaces cannot be seen
    with tempfile.TemporaryDirectory() as folder:
        table = table_of(rows)
        path = write_text(Path(folder) / f"t{ending}", table, **form)
        assert described(path) == described(table)


def test_hugging_face_tables_are_understood_by_all_splits():
    datasets = pytest.importorskip("datasets")
    table = table_of([(float(i), i, None, "t", "ab"[i % 2]) for i in range(9)])
    rows = by_rows(table)
    whole = datasets.DatasetDict(train=datasets.Dataset.from_list(rows[:6]), test=datasets.Dataset.from_list(rows[6:]))
    dataset = data.load(whole, label="kind", missing=True)
    assert dataset.columns == data.load(table, label="kind", missing=True).columns
    assert (len(dataset.train), len(dataset.test)) == (6, 4)


REFUSED = {
    "a missing value": ({"a": [1.0, 2.0, None], "b": [1, 2, 3]}, {"missing": False}, "got no value"),
    "a missing label": ({"a": [1.0, 2.0, 3.0], "k": ["x", None, "NA"]}, {"label": "k"}, "got none in 2 of 3"),
    "an odd cell": ({"a": ["1", "2", "3", "4", "5", "late"]}, {}, "5 numbers and 1 text, 'late'"),
    "text alone": ({"a": ["x"] * 10}, {}, "must have columns to learn from"),
    "infinity": ({"a": [1.0, float("inf"), 2.0]}, {}, "got inf"),
    "an unknown label": ({"a": [1.0, 2.0]}, {"label": "b"}, "label must be a column"),
    "an unknown column": ({"a": [1.0, 2.0]}, {"leave_out": "b"}, "leave_out must be a column"),
    "both decimal marks": ({"a": ["2,5", "1"], "b": ["2.5", "1"]}, {}, "one decimal mark, got '2.5'"),
}


@pytest.mark.parametrize(("case", "door"), [
    (case, door) for case in REFUSED for door in DOORS
    if door not in {"pandas, categorical", "pandas to csv with its index"}
    and (case, door) != ("infinity", "excel")])  # an Excel file cannot hold infinity
def test_every_door_refuses_the_same(case, door, tmp_path):
    table, options, words = REFUSED[case]
    with pytest.raises(InputError) as caught:
        data.load(DOORS[door](tmp_path, table), **options)
    assert words in str(caught.value)


@pytest.mark.parametrize("door", [door for door in DOORS if door != "pandas, categorical"])
def test_every_door_gives_the_same_condition(door, tmp_path):
    table = {"a": [0.5, 1.5, 2.5, 3.5], "age": [30, 40, 50, 61], "smokes": [True, False, True, True], "sex": ["f", "m", "f", "m"]}
    source = DOORS[door](tmp_path, table)
    expected, dataset = (data.load(given, condition="sex, age, smokes") for given in (table, source))
    assert dataset.columns == ("a",)
    assert dataset.condition.to_json() == expected.condition.to_json()
    assert [field["classes"] for field in dataset.condition.to_json()] == [("f", "m"), None, ("False", "True")]
    np.testing.assert_array_equal(dataset.train.condition, expected.train.condition)
    with pytest.raises(InputError, match="a column of|columns of"):
        data.load(source, condition="height")


def test_a_lone_mark_is_a_missing_value_and_shows_no_decimal_mark(tmp_path):
    (tmp_path / "t.csv").write_text("a;b;kind\n0,5;1;x\n.;2;y\n2,25;3;x\n0,75;4;y\n", "utf-8")
    dataset = data.load(tmp_path / "t.csv", label="kind", missing=True, scaling="none", test_fraction=0.25)
    values = np.concatenate([np.asarray(dataset.train.x), np.asarray(dataset.test.x)])[:, 0]
    assert sorted(values[~np.isnan(values)].tolist()) == [0.5, 0.75, 2.25]
    assert np.isnan(values).sum() == 1
