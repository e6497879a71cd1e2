"""Tables in text files: CSV, TSV."""

import numpy as np
import pytest
from small_table import NUMBERS, TEXT, arrays, write

from zukan import data
from zukan.checks import InputError

FORMS = {
    "plain": (TEXT, "t.csv"), "tabs": (TEXT.replace(",", "\t"), "t.tsv"), "semicolons": (TEXT.replace(",", ";"), "t.csv"),
    "decimal commas": (TEXT.replace(",", ";").replace(".", ","), "t.csv"), "windows": (TEXT.replace("\n", "\r\n"), "t.csv"),
    "byte order mark": ("\ufeff" + TEXT, "t.csv"), "quotes": (TEXT.replace("height", '"height"').replace("a\n", '"a"\n'), "t.txt"),
    "blank lines": (TEXT.replace("1.0", "\n1.0") + "\n\n", "t.csv"), "no last newline": (TEXT[:-1], "t.csv"),
    "spaces": (TEXT.replace(",", ", "), "t.csv"), "pipes": (TEXT.replace(",", "|"), "t.txt"),
}


@pytest.mark.parametrize("form", FORMS)
def test_text_of_any_form(form, tmp_path):
    text, name = FORMS[form]
    result = arrays(write(tmp_path, text, name), label="kind")
    np.testing.assert_array_equal(result["x"], NUMBERS)
    assert result["y"].tolist() == ["a", "b", "a", "b"]
    assert result["columns"].tolist() == ["height", "weight"]


def test_without_names(tmp_path):
    result = arrays(write(tmp_path, "1,2\n3,4\n"))
    np.testing.assert_array_equal(result["x"], [[1, 2], [3, 4]])
    assert result["columns"].tolist() == ["c0", "c1"]


MISTAKES = {
    "ragged": ("a,b\n1,2\n3\n", {}, ["its row 3 ('3') has 1 cell and the first row 2, with ',' as the separator"]),
    "a missing value": ("a,b\n1,2\n3,\n5,6\n", {"missing": False}, ["column 'b'", "got no value in row 3", "fill or drop"]),
    "not available": ("a,b\n1,NA\n3,4\n5,6\n", {"missing": False}, ["column 'b'", "got no value in row 2"]),
    "infinite": ("a,b\n1,2\n-inf,4\n", {}, ["column 'a'", "got -inf in row 3"]),
    "two of a name": ("a,b,a\n1,2,3\n", {}, ["different names, got 'a' twice; rename one"]),
    "text only": ("a,b\n" + "x,y\n" * 10, {}, ["must have columns to learn from", "'a', 'b'"]),
    "names only": ("a,b\n", {}, ["must hold rows, got a table without any"]),
    "empty": ("", {}, ["it is empty"]),
    "an unknown label": (TEXT, {"label": "kinds"}, ["label must be a column", "'kinds'", "did you mean 'kind'?"]),
    "a broken label": ("a,b\n1,0.5\n2,1\n", {"label": "b"}, ["label column 'b'", "got 0.5"]),
    "a first row of numbers and text": ("5.1,3.5,setosa\n4.9,3.0,other\n", {}, ["its first row", "'setosa'", "mixes names and numbers"]),
    "a first row with a missing value": ("1,,3\n4,5,6\n7,8,9\n", {"missing": False}, ["column 'c1'", "got no value in row 1"]),
    "infinite labels": ("a,b\n1,inf\n2,1\n", {"label": "b"}, ["label column 'b'", "got inf"]),
    "labels beyond whole numbers": ("a,b\n1,1e31\n2,1\n", {"label": "b"}, ["label column 'b'", "below 2**53", "got 1e+31"]),
    "missing labels": ("a,b\n1,x\n2,\n", {"label": "b"}, ["label column 'b'", "got none in 1 of 2, first in row 3"]),
    "digits grouped by underscores": ("a,b\n1,3_1\n2,4_1\n", {"columns": "b=number"}, ["column 'b'", "must hold numbers, as columns says, got '3_1' in row 2"]),
    "a quote left open": ('a,b\n1,"2\n', {}, ["a quotation mark is left open"]),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_mistakes(case, tmp_path):
    text, options, words = MISTAKES[case]
    path = write(tmp_path, text)
    with pytest.raises(InputError) as caught:
        data.load(path, **options)
    for word in [*words, str(path)]:
        assert word in str(caught.value)


def test_bytes_that_are_no_text(tmp_path, refused):
    (tmp_path / "t.csv").write_bytes(TEXT.encode() + b"\0\0\0")
    refused(tmp_path / "t.csv", "it holds zero bytes, so it is not text")
    path = write(tmp_path, TEXT.replace("height", "Größe"), encoding="latin-1")
    refused(path, "it is not text in the encoding utf-8", "--encoding", encoding="utf-8")


def test_whole_numbers_as_labels(tmp_path):
    path = write(tmp_path, "a,class\n1,2\n2,7\n3,2\n4,7\n")
    assert arrays(path, label="class")["y"].tolist() == [2, 7, 2, 7]
