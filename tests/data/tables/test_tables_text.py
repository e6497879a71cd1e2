"""Separators, headers, comments and encodings of text files: settled by what stands in them, told in notes, or asked for."""

import gzip
import zipfile

import numpy as np
import pytest
from small_table import arrays, write

from zukan import data
from zukan.data.tables import text

READ = {  # text, columns, first row of x, words of a note
    "spaces, as numpy.savetxt writes": ("1.0e+00 2.5e+00\n3.0e+00 4.5e+00\n", ["c0", "c1"], [1, 2.5], "spaces separate the columns"),
    "several spaces": ("  a     b\n  1   2.5\n 10  20.5\n", ["a", "b"], [1, 2.5], "spaces separate the columns"),
    "separators in quotes": ('"temp, C";"pressure, hPa, abs"\n1;2\n3;4\n', ["temp, C", "pressure, hPa, abs"], [1, 2], "';' separate"),
    "separators in text": ("name;x\n\"a;b\";1\n\"c,d\";2\n", ["name", "x"], [0, 1], "';' separate"),
    "commas in every row of a table with semicolons": ("a;b,c\n1;2,5\n3;4,5\n", ["a", "b,c"], [1, 2.5], "';' separate"),
    "spaces before quoted numbers": ('"a", "b", "c"\n"0.5", "0.25", "3.0"\n"1.5", "0.75", "2.0"\n', ["a", "b", "c"], [0.5, 0.25, 3], None),
    "spaces before quoted whole numbers": ('"a", "b", "c"\n"1", "2", "3"\n "4", "5", "6"\n', ["a", "b", "c"], [1, 2, 3], None),
    "spaces before quoted text": ('b, name, c\n0, "Doe, J", 0.5\n1, "a ""b, "", c", 1.5\n', ["b", "name", "c"], [0, 0, 0.5], None),
    "spaces and semicolons": ('"a";  "b"\n"1,5";  "2"\n"2,5"; "3"\n', ["a", "b"], [1.5, 2], "';' separate"),
    "Excel's line": ("sep=;\na;b\n1;2\n3;4\n", ["a", "b"], [1, 2], None),
    "one column": ("a\n1\n2\n", ["a"], [1], None),
    "one column whose name has a comma": ('"a, b"\n1,5\n2,5\n', ["a, b"], [1.5], "decimal mark ','"),
    "one column of decimal commas": ("a\n1,5\n2,5\n", ["a"], [1.5], "decimal mark ','"),
    "names in a comment, as numpy.savetxt writes": ("# a,b\n1,2\n3,4\n", ["a", "b"], [1, 2], "names of the columns are from the comment '# a,b'"),
    "a comment above": ("# station 7\na,b\n1,2\n", ["a", "b"], [1, 2], "comments above the table are skipped, such as '# station 7'"),
    "a comment below": ("a,b\n1,2\n# half, done, here\n3,4\n", ["a", "b"], [1, 2], "left out 1 line beginning with #"),
    "a header that counts": ("0,1,2\n5.5,6.5,7.5\n1.5,2.5,3.5\n", ["0", "1", "2"], [5.5, 6.5, 7.5], "since it counts them"),
    "a header that counts two": ("0,1\n5.5,6.5\n1.5,2.5\n", ["0", "1"], [5.5, 6.5], "since it counts them"),
    "a header that counts, after an index": (",0,1\n0,5,6\n1,7,8\n", ["0", "1"], [5, 6], "since it counts them"),
    "years in the header": ("kg,2019,2020\n1.5,1,2\n2.5,3,4\n", ["kg", "2019", "2020"], [1.5, 1, 2], None),
    "no header, and text that repeats": ("5.1,3.5,setosa\n4.9,3.0,setosa\n", ["c0", "c1", "c2"], [5.1, 3.5, 0], "the first row holds values"),
    "a separator at the end of rows": ("a,b\n1,2,\n3,4,\n", ["a", "b"], [1, 2], "left out 1 column without any value"),
    "a separator at the end of all rows": ("a,b,\n1,2,\n3,4,\n", ["a", "b"], [1, 2], "left out 1 column without any value"),
    "separators at the end of all rows and of the header": ("a,b,,,\n1,2,,,\n3,4,,,\n", ["a", "b"], [1, 2], "left out 3 columns without any value"),
    "no name for the names of rows, as R writes": ('"a" "b"\n"r1" 5 6\n"r2" 7 8\n', ["a", "b"], [5, 6], "does not name the first column"),
}


@pytest.mark.parametrize("case", READ)
def test_what_a_file_shows(case, tmp_path):
    content, columns, first, words = READ[case]
    collected = data.collect(write(tmp_path, content))
    assert collected.arrays["columns"].tolist() == columns
    np.testing.assert_array_equal(collected.arrays["x"][0], first)
    assert any(words in note for note in collected.notes) if words else collected.notes == ()


ASKED = {
    "names or values": ("0,1\n1,0\n0,0\n", ["may hold names or values", "--no-header"]),
    "names and numbers": ("5.1,3.5,setosa\n4.9,3.0,other\n", ["mixes names and numbers", "--no-header"]),
    "JSON": ('{"a": 1}\n', ["it is JSON, HTML or XML"]),
    "a page": ("<!DOCTYPE html>\n<html></html>\n", ["it is JSON, HTML or XML"]),
    "comments alone": ("# a\n# b\n", ["all of its lines are comments"]),
    "two columns without a name": (",,a\n0,5,1\n1,6,2\n", ["different names, got '' twice; rename one"]),
}


@pytest.mark.parametrize("case", ASKED)
def test_what_a_file_leaves_open(case, tmp_path, refused):
    content, words = ASKED[case]
    refused(write(tmp_path, content), *words)


def test_spaces_before_quotes_wherever_the_file_is_cut(tmp_path, monkeypatch):
    path = write(tmp_path, 'a, name, b\n' + '1, "x, ""y"",\n  ""z"", k", 2\n3, "u\nv", "4"\n' * 5)
    whole = data.collect(path, label="name", separator=",").arrays
    assert whole["x"].tolist() == [[1, 2], [3, 4]] * 5
    assert whole["y"][:2].tolist() == ['x, "y",\n  "z", k', "u\nv"]
    for size in (1, 7, 30):
        monkeypatch.setattr(text.Utf8, "read", lambda self, _, read=text.Utf8.read, size=size: read(self, size))
        assert data.collect(path, label="name").arrays["y"].tolist() == whole["y"].tolist()
        monkeypatch.undo()


def test_empty_lines_of_one_column_are_missing_values(tmp_path, refused):
    path = write(tmp_path, "a\n1\n\n3\n4\n\n6\n8\n\n\n")  # but not those at the end
    np.testing.assert_array_equal(arrays(path, missing=True)["x"][:, 0], [1, np.nan, 3, 4, np.nan, 6, 8])
    refused(path, "got no value in row 3 (affected rows: 2)", missing=False)
    assert arrays(write(tmp_path, 'a\n1\n2\n""\n', "u.csv"), missing=True)["x"].shape == (3, 1)


@pytest.mark.parametrize("separator", [",", ";", "\t", " "])
def test_empty_lines_are_counted_and_do_not_shift_the_numbers_of_rows(separator, tmp_path, refused):
    lines = ["a,b,k", "", '1,2,"x\n\nx"' if separator != " " else "1,2,x", "# late", "3,4,y", "  ", "5,6,NA", "", ""]
    path = write(tmp_path, "\n".join(lines).replace(",", separator))
    collected = data.collect(path)
    np.testing.assert_array_equal(collected.arrays["x"], [[1, 2, 0], [3, 4, 1], [5, 6, np.nan]])
    assert "left out 2 lines without content" in collected.notes
    refused(path, "label column 'k'", "first in row 7", label="k")
    assert data.collect(write(tmp_path, "a,b\n1,2\n3,4\n\n\n")).notes == ()


def test_options_decide(tmp_path):
    path = write(tmp_path, "0,1\n1,0\n0,0\n")
    assert (arrays(path, header=True)["columns"].tolist(), len(arrays(path, header=True)["x"])) == (["0", "1"], 2)
    assert (arrays(path, header=False)["columns"].tolist(), len(arrays(path, header=False)["x"])) == (["c0", "c1"], 3)
    path = write(tmp_path, "a!b\n1!2\n3!4\n")
    assert arrays(path, separator="!")["x"].tolist() == [[1, 2], [3, 4]]
    path = write(tmp_path, "a\tb c\n1\t2\n3\t4\n")
    assert arrays(path, separator="tab")["columns"].tolist() == ["a", "b c"]
    path = write(tmp_path, "東,x\n1,2\n3,4\n", encoding="shift_jis")
    assert arrays(path, encoding="shift_jis")["columns"].tolist() == ["東", "x"]
    path = write(tmp_path, "a,b\n1,-999\n3,unknown\n5,6\n")
    np.testing.assert_array_equal(arrays(path, missing_marks="-999,Unknown", missing=True)["x"], [[1, np.nan], [3, np.nan], [5, 6]])
    assert arrays(path, leave_out="b")["columns"].tolist() == ["a"]
    assert "left out 1 column named by leave_out: 'b'" in data.collect(path, leave_out=["b"]).notes


def test_marks_that_are_numbers_hold_in_frames_too():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"a": [1.0, -999.0, 3.0], "b": [1, 2, 3]})
    np.testing.assert_array_equal(arrays(frame, missing_marks="-999", missing=True)["x"][:, 0], [1, np.nan, 3])


def test_an_encoding_that_shows_late(tmp_path):
    content = "a,kind\n" + f"1,{'x' * 98}\n" * 50_000 + "2,Größe\n"  # beyond the start of the file that is looked at first
    collected = data.collect(write(tmp_path, content, encoding="cp1252"), label="kind")
    assert "the file is not UTF-8, so it is read as Windows-1252; --encoding chooses another encoding" in collected.notes
    assert collected.arrays["y"][-1] == "Größe"


def test_wide_tables(tmp_path):
    columns = 10_000
    path = write(tmp_path, "\n".join([",".join(f"gene{i}" for i in range(columns)), *[",".join(["1.5"] * columns)] * 3]))
    assert arrays(path)["x"].shape == (3, columns)


def test_endings_do_not_matter(tmp_path):
    content = "a,b\n1,2\n3,4\n"
    for name in ("t.data", "t.dat", "table", "t.log", "t.asc"):
        assert arrays(write(tmp_path, content, name))["x"].tolist() == [[1, 2], [3, 4]]
    (tmp_path / "t.csv.gz").write_bytes(gzip.compress(content.encode()))
    assert data.load(tmp_path / "t.csv.gz").name == "t"


def test_a_zip_with_several_tables_is_refused(tmp_path, refused):
    with zipfile.ZipFile(tmp_path / "k.zip", "w") as archive:
        archive.writestr("train.csv", "a,b\n1,2\n")
        archive.writestr("test.csv", "a,b\n1,2\n")
    refused(tmp_path / "k.zip", "'train.csv', 'test.csv'", "unpack it first")


def test_a_zip_of_macos_is_its_only_table(tmp_path):
    with zipfile.ZipFile(tmp_path / "z.csv.zip", "w") as archive:
        archive.writestr("__MACOSX/._z.csv", b"\0\5\x16\7")
        archive.writestr("z.csv", "a,b\n1,2\n3,4\n")
    assert arrays(tmp_path / "z.csv.zip")["x"].tolist() == [[1, 2], [3, 4]]


@pytest.mark.parametrize("ending", [".csv.gz", ".csv.zst", ".csv.xz"])
def test_a_damaged_compressed_file(ending, tmp_path, refused):
    (tmp_path / f"t{ending}").write_bytes(gzip.compress(b"a,b\n1,2\n" * 100)[:-9])
    refused(tmp_path / f"t{ending}", f"t{ending}' must be a table of numbers as text, but")
