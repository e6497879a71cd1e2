"""Columns that name or count the rows: left out and told, and used as the names of the items."""

import numpy as np
import pytest
from small_table import arrays, numbers, write

from zukan import data

pandas = pytest.importorskip("pandas")
FRAME = pandas.DataFrame({"a": np.arange(10.0) * 1.5, "b": np.random.default_rng(0).normal(size=10)}).sample(frac=1, random_state=1)
NAMED = FRAME.set_axis([f"row {i}" for i in range(10)]).rename_axis("which")
SOURCES = {
    "csv": lambda path, frame: frame.to_csv(path / "t.csv") or path / "t.csv",
    "csv, as pandas reads it": lambda path, frame: pandas.read_csv(SOURCES["csv"](path, frame.rename_axis(None))),
    "parquet": lambda path, frame: frame.to_parquet(path / "t.parquet") or path / "t.parquet",
    "frame": lambda path, frame: frame,
}


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("frame", [FRAME, FRAME[FRAME.a > 4], NAMED.rename_axis(None)], ids=["shuffled", "filtered", "named"])
def test_the_index_of_a_frame(source, frame, tmp_path):
    opened = SOURCES[source](tmp_path, frame)
    split, _, notes, *_ = data.items(opened)
    assert data.load(opened).columns == ("a", "b")
    assert split.ids.tolist() == [str(name) for name in frame.index]
    kind = "names" if frame.index.dtype.kind != "i" else "numbers"
    assert any(f"left out 1 column with the {kind} of the rows" in note for note in notes)


@pytest.mark.parametrize("source", ["parquet", "frame"])
def test_an_index_with_a_name(source, tmp_path):
    opened = SOURCES[source](tmp_path, NAMED)
    dataset = data.load(opened)
    assert dataset.columns == ("a", "b")
    assert "left out 1 column with the names of the rows: 'which'" in dataset.notes
    assert sorted([*dataset.train.ids, *dataset.test.ids]) == sorted(NAMED.index)


def test_row_names_of_r(tmp_path):
    dataset = data.load(write(tmp_path, '"","a","b"\n"1",5,6\n"2",7,8\n"3",9,1\n'))
    assert dataset.columns == ("a", "b")
    assert dataset.notes == ("left out 1 column with the numbers of the rows: ''",)
    assert sorted([*dataset.train.ids, *dataset.test.ids]) == ["1", "2", "3"]
    split, *_ = data.items(write(tmp_path, '"","mpg","cyl"\n"Mazda RX4",21,6\n"Datsun 710",22.8,4\n'))
    assert split.ids.tolist() == ["Mazda RX4", "Datsun 710"]


def test_rows_that_are_only_counted_keep_their_row_numbers(tmp_path):
    split, *_ = data.items(write(tmp_path, ",a,b\n0,5,6\n1,7,8\n2,9,9\n"))
    assert split.ids.tolist() == [0, 1, 2]


@pytest.mark.parametrize("column", ["5\n5\n7", "0.5\n1.5\n2.5"])
def test_a_first_column_without_a_name_that_repeats_or_measures_is_a_feature(column, tmp_path):
    text = ",a\n" + "".join(f"{value},{i}\n" for i, value in enumerate(column.split()))
    assert arrays(write(tmp_path, text))["columns"].tolist() == ["", "a"]


def test_a_run_that_needs_the_index_gets_it(tmp_path):
    path = write(tmp_path, ",a\n3,5\n1,6\n2,7\n")
    np.testing.assert_array_equal(data.items(path, schema=numbers("", "a"))[0].x, [[3, 5], [1, 6], [2, 7]])


def test_a_column_that_counts_the_rows_is_left_out(tmp_path):
    path = write(tmp_path, "id,a\n" + "".join(f"{i + 1},{i * i}\n" for i in range(20)))
    note = "left out 1 column like names or row numbers: 'id' (whole numbers that count the rows); --columns=id=number keeps it"
    assert note in data.load(path).notes
    assert data.load(path, columns="id=number").columns == ("id", "a")
    assert data.items(path, schema=numbers("id", "a")).notes == ()


LEVELS = pandas.DataFrame({"a": np.arange(12.0) * 1.5, "b": np.arange(12.0) ** 2, "kind": list("xyz") * 4, "place": list("uuvv") * 3})


@pytest.mark.parametrize("source", ["parquet", "frame"])
def test_columns_of_the_index_are_told_once_and_can_be_used(source, tmp_path):
    for index, options, note in (
            (["kind", "place"], {}, "left out 2 columns of the index: 'kind', 'place'"),
            (["kind", "place"], {"label": "kind"}, "left out 1 column of the index: 'place'"),
            (["kind", "place"], {"condition": "kind", "leave_out": "place"}, "left out 1 column named by leave_out: 'place'"),
            (["b"], {"label": "kind", "condition": "place"}, "left out 1 column with the numbers of the rows: 'b'"),
            (["a"], {"label": "kind", "condition": "place"}, "left out 1 column of the index: 'a'"),
            (["kind"], {"label": "kind", "condition": "place"}, None), (["kind"], {"condition": "kind, place"}, None)):
        dataset = data.load(SOURCES[source](tmp_path, LEVELS.set_index(index)), **options)
        assert dataset.notes == (() if note is None else (note,))
        assert set(dataset.columns) == {"a", "b"} - set(index)
        assert (dataset.class_names == ("x", "y", "z")) == ("label" in options)


@pytest.mark.parametrize("option", ["label", "condition"])
def test_a_column_that_is_used_cannot_be_left_out(option, refused):
    refused(LEVELS, f"got 'kind', which {option} names; remove it from leave_out", leave_out="place, kind", **{option: "kind"})


def test_the_names_of_rows_are_kept_with_the_arrays(tmp_path, refused):
    dataset, arrays_of_it = data.load(NAMED), arrays(NAMED)
    np.savez(tmp_path / "t.npz", **arrays_of_it)
    for source in (arrays_of_it, tmp_path / "t.npz"):
        assert data.load(source).train.ids.tolist() == dataset.train.ids.tolist()
        assert data.load(source).provenance["sha256"] == dataset.provenance["sha256"]
    refused({**arrays_of_it, "x_names": np.array(["a"])}, "x_names must hold one name for each item of x, got 1 name for 10 items")
    refused({**arrays_of_it, "x_names": np.arange(10)}, "x_names in source must hold text")
