"""Tables: text, Parquet and the frames of other libraries."""

import sys

import numpy as np
import pytest

import zukan
from zukan import data
from zukan.checks import InputError
from zukan.data import Options, columns, memory

ROWS = [[1.0, 10.0, "a"], [2.0, 20.0, "b"], [3.0, 30.0, "a"], [4.0, 50.0, "b"]]
NUMBERS = np.array([row[:2] for row in ROWS])
TEXT = "height,weight,kind\n" + "".join(f"{a},{b},{c}\n" for a, b, c in ROWS)


def write(tmp_path, text, name="t.csv", encoding="utf-8"):
    (tmp_path / name).write_text(text, encoding=encoding, newline="")
    return tmp_path / name


def raw(source, **options):
    return data.gathered(source, **options)[0]


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
    found = raw(write(tmp_path, text, name), label="kind")
    np.testing.assert_array_equal(found["x"], NUMBERS)
    assert found["y"].tolist() == ["a", "b", "a", "b"]
    assert found["columns"].tolist() == ["height", "weight"]


def test_without_a_header(tmp_path):
    found = raw(write(tmp_path, "1,2\n3,4\n"))
    np.testing.assert_array_equal(found["x"], [[1, 2], [3, 4]])
    assert found["columns"].tolist() == ["c0", "c1"]


def test_what_is_left_out_is_told(tmp_path):
    dataset = data.load(write(tmp_path, TEXT))
    assert dataset.train.y is None
    assert dataset.columns == ("height", "weight")
    assert dataset.provenance["ignored"] == "kind"
    assert dataset.notes == ("columns without numbers are left out: 'kind'; --label names one that holds the classes",)


def test_standardised_on_the_training_items_alone(tmp_path):
    rng = np.random.default_rng(0)
    x = np.column_stack([rng.normal(1e6, 1, 60), rng.normal(0, 1e-3, 60), np.full(60, 4.0)])
    path = write(tmp_path, "a,b,c\n" + "".join(f"{a!r},{b!r},{c!r}\n" for a, b, c in x.tolist()))
    dataset = data.load(path, seed=3)
    np.testing.assert_allclose(dataset.train.x.mean(axis=0), 0, atol=1e-6)
    np.testing.assert_allclose(dataset.train.x.std(axis=0), [1, 1, 0], atol=1e-6)
    assert abs(dataset.test.x[:, :2].mean()) > 1e-4
    back = np.sort(np.concatenate([dataset.scaling.undo(part.x) for part in (dataset.train, dataset.test)]), axis=0)
    np.testing.assert_allclose(back, np.sort(x, axis=0), rtol=1e-6)
    unit = data.load(path, scaling="minmax")
    assert (unit.train.x.min(), unit.train.x.max()) == (0, 1)
    np.testing.assert_array_equal(data.load(path, scaling="none", seed=3).train.x[:, 2], 4)
    again = data.Scaling.from_json(dataset.scaling.to_json())
    np.testing.assert_array_equal(again.apply(x), dataset.scaling.apply(x))


def test_a_run_s_columns_are_found_by_name(tmp_path):
    other = write(tmp_path, "kind,weight,extra,height\n" + "".join(f"{c},{b},9,{a}\n" for a, b, c in ROWS))
    np.testing.assert_array_equal(data.items(other, columns=("height", "weight"))[0].x, NUMBERS)
    with pytest.raises(InputError, match=r"must have the column 'length'.*did you mean 'weight'"):
        data.items(other, columns=("length", "weight"))
    with pytest.raises(InputError, match="'kind' .*must hold numbers, as in the data of the run"):
        data.items(other, columns=("kind",))
    assert data.items(other, columns=("weight",), label="absent")[0].y is None


MISTAKES = {
    "ragged": ("a,b\n1,2\n3\n", {}, ["its row 2 has 1 cells and the first row 2"]),
    "a gap": ("a,b\n1,2\n3,\n", {}, ["column 'b'", "got nothing in row 3", "fill or drop"]),
    "not available": ("a,b\n1,NA\n3,4\n", {}, ["column 'b'", "got nothing in row 2"]),
    "infinite": ("a,b\n1,2\n-inf,4\n", {}, ["column 'a'", "got -inf in row 3"]),
    "two of a name": ("a,b,a\n1,2,3\n", {}, ["two columns named 'a'"]),
    "text only": ("a,b\nx,y\n", {}, ["must have a column of numbers", "'a', 'b'"]),
    "header only": ("a,b\n", {}, ["header only"]),
    "empty": ("", {}, ["it is empty"]),
    "an unknown label": (TEXT, {"label": "kinds"}, ["label must be a column", "'kinds'", "did you mean 'kind'?"]),
    "a broken label": ("a,b\n1,0.5\n2,1\n", {"label": "b"}, ["label column 'b'", "got 0.5"]),
    "a first row of numbers and text": ("5.1,3.5,setosa\n4.9,3.0,setosa\n", {}, ["its first row", "'setosa'", "neither names nor numbers"]),
    "a first row with a gap": ("1,,3\n4,5,6\n", {}, ["neither names nor numbers"]),
    "infinite labels": ("a,b\n1,inf\n2,1\n", {"label": "b"}, ["label column 'b'", "got inf"]),
    "labels beyond whole numbers": ("a,b\n1,1e31\n2,1\n", {"label": "b"}, ["label column 'b'", "below 2**53", "got 1e+31"]),
    "missing labels": ("a,b\n1,x\n2,\n", {"label": "b"}, ["label column 'b'", "got nothing in 1 of 2"]),
    "digits in groups": ("a,b\n1,3_1\n2,4_1\n", {"label": "a"}, ["must have a column of numbers"]),
    "a quote left open": ('a,b\n1,"2\n', {}, ["unexpected end of data"]),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_mistakes(case, tmp_path):
    text, options, words = MISTAKES[case]
    path = write(tmp_path, text)
    with pytest.raises(InputError) as caught:
        data.load(path, **options)
    for word in [*words, str(path)]:
        assert word in str(caught.value)


def test_not_text(tmp_path):
    with pytest.raises(InputError, match="it is not UTF-8 text"):
        data.load(write(tmp_path, TEXT.replace("height", "Größe"), encoding="latin-1"))


def test_whole_numbers_as_labels(tmp_path):
    path = write(tmp_path, "a,class\n1,2\n2,7\n3,2\n4,7\n")
    assert raw(path, label="class")["y"].tolist() == [2, 7, 2, 7]


def test_parquet(tmp_path, monkeypatch):
    arrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    table = arrow.table({"height": NUMBERS[:, 0], "weight": NUMBERS[:, 1].astype("int32"), "kind": ["a", "b", "a", "b"]})
    parquet.write_table(table, tmp_path / "t.parquet")
    for source in (tmp_path / "t.parquet", table):
        found = raw(source, label="kind")
        np.testing.assert_array_equal(found["x"], NUMBERS)
        assert found["y"].tolist() == ["a", "b", "a", "b"]
    (tmp_path / "bad.parquet").write_bytes((tmp_path / "t.parquet").read_bytes()[:-9])
    with pytest.raises(InputError, match="must be a whole Parquet file"):
        data.load(tmp_path / "bad.parquet")


def test_parquet_names_what_it_needs(tmp_path, monkeypatch):
    (tmp_path / "t.parquet").write_bytes(b"PAR1")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(InputError, match=r"pip install 'zukan\[parquet\]'"):
        data.load(tmp_path / "t.parquet")


def test_text_that_exceeds_memory_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(memory, "available", lambda: 10)
    with pytest.raises(InputError, match=r"t.csv' must fit into memory"):
        data.load(write(tmp_path, TEXT))


def test_more_than_memory_is_refused(tmp_path, monkeypatch):
    parquet = pytest.importorskip("pyarrow.parquet")
    import pyarrow as pa

    parquet.write_table(pa.table({"a": np.arange(1000.0)}), tmp_path / "t.parquet")
    monkeypatch.setattr(memory, "available", lambda: 100)
    with pytest.raises(InputError, match="must fit into memory"):
        data.load(tmp_path / "t.parquet")


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_frames(library):
    module = pytest.importorskip(library)
    frame = module.DataFrame({"height": NUMBERS[:, 0], "weight": NUMBERS[:, 1].astype(int), "kind": ["a", "b", "a", "b"],
                              "old": [True, False, True, True]})
    dataset = data.load(frame, label="kind", scaling="none")
    assert dataset.columns == ("height", "weight", "old")
    assert dataset.class_names == ("a", "b")
    np.testing.assert_array_equal(raw(frame)["x"], np.column_stack([NUMBERS, [1, 0, 1, 1]]))
    gap = module.DataFrame({"a": [1, None, 3], "b": ["x", "y", "z"]})
    with pytest.raises(InputError, match="column 'a' .* got nothing in row 1"):
        data.load(gap)
    with pytest.raises(InputError, match="without any"):
        data.load(frame[:0])
    assert raw(frame.sample(n=3) if library == "polars" else frame.sample(3))["x"].shape == (3, 3)


def test_a_mapping_with_columns_is_a_table():
    table = {"x": NUMBERS, "columns": np.array(["height", "weight"])}
    assert data.load(table).columns == ("height", "weight")
    assert data.load(table).provenance["scaling"].startswith("each feature to mean 0")
    with pytest.raises(InputError, match="columns in source must be text, a name for each feature"):
        data.load({**table, "columns": np.array(["height"])})


def test_the_index_of_pandas_is_no_feature(tmp_path):
    found = data.load(write(tmp_path, ",a,b\n0,5,6\n1,7,8\n2,9,9\n"))
    assert found.columns == ("a", "b")
    assert found.notes == ("column '' is left out, since it counts the rows",)
    assert data.load(write(tmp_path, ",a,b\n0,5,6\n2,7,8\n3,9,9\n")).columns == ("", "a", "b")


def test_lists_of_numbers_in_a_column():
    table = {"emb": np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]), "id": np.array([7, 8, 9])}
    found = columns.source("t", "t", table, Options())
    assert found.columns == ("emb0", "emb1", "id")
    np.testing.assert_array_equal(found.arrays["x"], [[1, 2, 7], [3, 4, 8], [5, 6, 9]])
    with pytest.raises(InputError, match=r"column 'cube' of t must hold a number or a list of numbers in each row, got arrays of shape \(2, 2\)"):
        columns.source("t", "t", {"cube": np.zeros((3, 2, 2))}, Options())
    ragged = np.array([[1.0], [2.0, 3.0], None], object)
    assert columns.source("t", "t", {"a": np.arange(3), "b": ragged}, Options()).ignored == ("b",)


def test_what_is_told_of_a_table_in_memory_is_told_when_it_is_trained_on(tmp_path):
    pa = pytest.importorskip("pyarrow")
    table = pa.table({"a": np.arange(12.0), "b": ["x"] * 12})
    told = []
    run = zukan.train(table, out=tmp_path / "run", epochs=1, encoder=zukan.networks.MLP([2]), log=told.append)
    assert "columns without numbers are left out: 'b'; --label names one that holds the classes" in told
    assert run.environment["data"]["ignored"] == "b"
    np.testing.assert_array_equal(raw(table.to_batches()[0])["x"], raw(table)["x"])
