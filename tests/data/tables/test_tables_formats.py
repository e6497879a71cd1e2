"""How numbers are written: settled by all cells, told in a note, or asked for."""

import numpy as np
import pytest
from small_table import arrays, write

from zukan import data
from zukan.checks import InputError

SETTLED = {  # the text, and the first column
    "decimal points": ("a;b\n1.5;2\n1.234;3\n", [1.5, 1.234], None),
    "decimal commas": ("a;b\n1,5;2\n1,234;3\n", [1.5, 1.234], "','"),
    "a comma that starts with zero": ("a;b\n0,123;2\n0,500;3\n", [0.123, 0.5], "','"),
    "points in groups": ("a;b\n1.234,5;2\n5.000;3\n", [1234.5, 5000], "',' and '.' between thousands"),
    "points in two groups": ("a;b\n1.234.567;2\n5.000;3\n", [1234567, 5000], "',' and '.' between thousands"),
    "commas in groups": ('a,b\n"1,234.5",2\n"-5,000",3\n', [1234.5, -5000], "'.' and ',' between thousands"),
    "commas in two groups": ('a,b\n"1,234,567",2\n"5,000",3\n', [1234567, 5000], "'.' and ',' between thousands"),
    "a point in the column itself": ("a;b\n1,234;2\n2.5;3\n", [1234, 2.5], "'.' and ',' between thousands"),
    "an exponent": ("a;b\n1,5e3;2\n2,5E-1;3\n", [1500, 0.25], "','"),
    "text with commas beside": ("a;b\n1.5;x, y\n2.5;1,2,x\n", [1.5, 2.5], None),
}


@pytest.mark.parametrize("case", SETTLED)
def test_what_all_cells_show(case, tmp_path):
    text, expected, words = SETTLED[case]
    collected = data.collect(write(tmp_path, text))
    np.testing.assert_array_equal(collected.arrays["x"][:, 0], expected)
    told = [note for note in collected.notes if "decimal mark" in note]
    assert (words in told[0] and "--decimal chooses it" in told[0]) if words else not told


UNCLEAR = {
    "one thousand or one": ('a,b\n"5,000",2\n12,3\n', ["'5,000' in row 2 of column 'a'", "may be 5000 or 5.000"]),
    "the other mark in another column": ("price;x\n1.234;2,5\n999;4,5\n12.500;1,5\n", ["'1.234' in row 2 of column 'price', beside '2,5'"]),
    "both marks": ("a;b\n1,5;2.25\n2,5;3.75\n", ["one decimal mark, got '2.25' in row 2 of column 'b' and '1,5'"]),
    "groups of both": ("a;b\n1.234.567;2\n1,234,567;3\n", ["one decimal mark"]),
}


@pytest.mark.parametrize("case", UNCLEAR)
def test_what_cells_leave_open_is_asked_for(case, tmp_path, refused):
    text, words = UNCLEAR[case]
    refused(write(tmp_path, text), *words, "--decimal")


@pytest.mark.parametrize(("decimal", "expected"), [(".", [5000, 12]), (",", [5, 12])])
def test_the_decimal_mark_that_is_given(decimal, expected, tmp_path):
    path = write(tmp_path, 'a,b\n"5,000",2\n12,3\n')
    np.testing.assert_array_equal(arrays(path, decimal=decimal)["x"][:, 0], expected)


def test_a_point_is_no_number_if_the_comma_is_decimal(tmp_path, refused):
    refused(write(tmp_path, "a;b\n1.5;2\n1,5;3\n2;3\n3;4\n4;5\n"), "4 numbers and 1 text, '1.5' in row 2", decimal=",")


def test_a_late_cell_counts_as_much_as_an_early_one(tmp_path):
    rows = 70_000  # more than one batch
    path = write(tmp_path, "a;b\n" + "1,234;2\n" * rows + "2,5;3\n")
    result = arrays(path)["x"]
    assert result.shape == (rows + 1, 2)
    np.testing.assert_array_equal(result[[0, -1], 0], [1.234, 2.5])
    with pytest.raises(InputError, match=f"'late' in row {rows + 2}"):
        data.load(write(tmp_path, "a;b\n" + "1;2\n" * rows + "late;3\n"))
