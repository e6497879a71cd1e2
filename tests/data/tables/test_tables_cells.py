"""What cells are: numbers, true or false, missing or text; and columns in which a few cells are something else."""

import re
import shlex

import numpy as np
import pytest
from small_table import arrays, write

from zukan import data
from zukan.checks import InputError
from zukan.data.tables.marks import MARKS


@pytest.mark.parametrize("mark", sorted(MARKS))
def test_a_mark_is_missing_in_features_and_in_labels(mark, tmp_path, refused):
    for written in (mark.upper(), f" {mark} "):
        path = write(tmp_path, f'a,b,kind\n1,2,x\n{written},4,y\n5,6,"{written}"\n' + "7,8,x\n" * 5)
        refused(path, "column 'a' of", "got no value in row 3", "--no-missing", label="b", missing=False)
        refused(path, "label column 'kind'", "got none in 1 of 8, first in row 4", label="kind", missing=True)
        assert np.isnan(arrays(path, missing=True)["x"][1, 0])


@pytest.mark.parametrize("cell", ["missing", "1.2.3", "#1", "5%", "1_000", "0x10", "true", "€5", "1 000", "1e", "--5"])
def test_an_odd_cell_is_shown_and_its_column_never_left_out(cell, tmp_path, refused):
    path = write(tmp_path, f"a,b\n1,2\n{cell},4\n5,6\n" + "7,8\n" * 5)
    for missing in (False, True):
        refused(path, "column 'a'", f"7 numbers and 1 text, {cell!r} in row 3", f"--missing-marks={shlex.quote(cell)}", "--leave-out=a", missing=missing)
    assert arrays(path, leave_out="a")["columns"].tolist() == ["b"]
    assert np.isnan(arrays(path, missing_marks=[cell], missing=True)["x"][1, 0])


def test_one_text_in_many_cells_is_odd_too(tmp_path, refused):
    refused(write(tmp_path, "a,b\n" + "late,1\n3,2\n" * 6), "6 numbers and 6 texts, 'late' in row 2")


def test_text_with_some_numbers_is_text(tmp_path):
    path = write(tmp_path, "ticket,b\n" + "".join(f"{i if i % 2 else f'A/{i}'},{i * i}\n" for i in range(20)))
    assert ("left out 1 column like names or row numbers: 'ticket' (text with 20 different values in 20 rows); "
            "--columns=ticket=category keeps it") in data.load(path).notes
    assert data.load(path, columns="ticket=category").schema.columns[0].levels[:3] == ("1", "11", "13")
    assert data.load(path, label="ticket").class_names[-1] == "A/8"


@pytest.mark.parametrize("words", [("True", "False"), ("TRUE", "FALSE"), ("true", "false")])
def test_true_and_false_are_one_and_zero(words, tmp_path):
    path = write(tmp_path, "a,flag\n" + "".join(f"{i * i},{words[i % 2]}\n" for i in range(6)))
    assert arrays(path)["x"][:, 1].tolist() == [1, 0, 1, 0, 1, 0]
    assert arrays(path, label="flag")["y"].tolist() == [1, 0, 1, 0, 1, 0]


@pytest.mark.parametrize("text", ["1", "+1", " 1 ", "1.", "1.0", "1e0", "1E+00", "0.1e1", "01"])
def test_ways_to_write_one(text, tmp_path):
    assert arrays(write(tmp_path, f"a,b\n{text},2\n3,4\nx,1\n"), leave_out="b", missing_marks="x", missing=True)["x"][0, 0] == 1
    assert arrays(write(tmp_path, f"a,b\n{text},2\n3,4\n"))["x"][0, 0] == 1


def test_types_of_pandas():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({
        "number": pandas.array([1, None, 3], "Int64"), "flag": pandas.array([True, None, False], "boolean"),
        "category": pandas.Categorical([1.5, 2.5, 1.5]), "sparse": pandas.arrays.SparseArray([0.0, 0.0, 1.0]),
        "arrow": pandas.array([1, None, 2], "int8[pyarrow]"), "digits": pandas.array(["1", pandas.NA, "3"], "string"),
        "when": pandas.to_datetime(["2020-01-01", None, "2020-01-03"]), "long": pandas.to_timedelta([1, 2, 3], "s"),
        "month": pandas.period_range("2020-01", periods=3, freq="M"), "range": pandas.interval_range(0, 3), "words": pandas.Categorical(["a", None, "b"]),
        "objects": [1, "2", 3.5], "complex": [1j, 2j, 3j], "label": pandas.array(["x", "y", "x"], "string")})
    collected = data.collect(frame, missing=True, label="label")
    assert collected.arrays["columns"].tolist() == ["number", "flag", "category", "sparse", "arrow", "digits", "when", "words", "objects", "complex"]
    np.testing.assert_array_equal(collected.arrays["x"], [
        [1, 1, 1.5, 0, 1, 1, 18262 * 86400, 0, 1, 0], [np.nan, np.nan, 2.5, 0, np.nan, np.nan, np.nan, np.nan, 2, 1],
        [3, 0, 1.5, 1, 2, 3, 18264 * 86400, 1, 3.5, 2]])
    assert [name for group in collected.account.left_out for name in group.names] == ["long", "month", "range"]
    assert collected.arrays["y"].tolist() == ["x", "y", "x"]


def test_masked_arrays_in_columns():
    masked = np.ma.MaskedArray([1.0, -9999.0, 3.0], mask=[False, True, False])
    np.testing.assert_array_equal(arrays({"a": masked, "b": np.arange(3)})["x"], [[1, 0], [np.nan, 1], [3, 2]])


def test_roles_of_arrays_come_before_columns():
    x = np.arange(12.0).reshape(6, 2)
    assert data.load({"x": x, "y": np.arange(6) % 2}).columns is None
    assert data.load({"a": np.arange(6.0), "b": list(range(6))}).columns == ("a", "b")


def test_features_that_hardly_vary_are_told(tmp_path):
    x = np.random.default_rng(0).normal(size=(6000, 3))
    x[:, 1] = 0
    x[7, 1] = 1.5
    source = dict(zip("abc", x.T, strict=True))
    note = "1 feature hardly varies ('b'): the largest scaled value is"
    for memory in (None, 1e-9):
        np.save(tmp_path / "x.npy", x)
        dataset = data.load(tmp_path / "x.npy", scaling="standard", memory=memory)
        told = [text for text in dataset.notes if "hardly varies (feature 1)" in text]
        assert told
        assert f"{max(np.abs(part.x[:]).max() for part in (dataset.train, dataset.test)):,.0f}; use --scaling minmax" in told[0]
    assert any(note in text for text in data.load(source, scaling="standard").notes)
    for scaling in ("none", "minmax", "auto"):
        assert not any("hardly" in text for text in data.load(source, scaling=scaling).notes)
    assert not any("hardly" in text for text in data.load({"a": x[:, 0], "c": x[:, 2]}).notes)


@pytest.mark.parametrize("text", ["a,b", 'say "no"', '"', "it's, not", "x" * 30, "two\nlines, at least"])
def test_the_commands_that_are_suggested_work(text, tmp_path):
    options = {"leave-out": "leave_out", "missing-marks": "missing_marks", "columns": "columns"}
    table = {text: [*map(str, range(11)), text], "b": [i * i for i in range(12)]}
    with pytest.raises(InputError) as caught:
        data.load(table)
    found = re.findall(r"\((--[^=]*=.*?)\)(?=, keep the|, or leave|$)", str(caught.value), re.DOTALL)
    for command in found:
        (word,) = shlex.split(command)
        name, _, value = word[2:].partition("=")
        assert data.load(table, **{options[name]: value}, missing=True).columns in {("b",), (text, "b")}
    assert len(found) == 3
    (note,) = data.load({text: list(range(12)), "b": [i * i for i in range(12)]}).notes
    value = shlex.split(note[note.index("--columns="):])[0].partition("=")[2]
    assert data.load({text: list(range(12)), "b": [i * i for i in range(12)]}).columns == ("b",)
    assert data.load({text: list(range(12)), "b": [i * i for i in range(12)]}, columns=value).columns == (text, "b")
