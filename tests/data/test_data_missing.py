"""Missing values: NaN and empty cells are kept if asked for, and refused otherwise."""

import csv

import numpy as np
import pytest
from pyarrow import parquet

import zukan
from zukan import data
from zukan.checks import InputError
from zukan.data.duplicates import Duplicates, duplicates
from zukan.data.lazy.rows import Rows

RNG = np.random.default_rng(0)
X = RNG.normal(3.0, 2.0, (60, 5))
MISSING = X.copy()
MISSING[RNG.random(X.shape) < 0.2] = np.nan
COUNT = int(np.isnan(MISSING).sum())
NOTE = f"{COUNT} of 300 values are missing ({COUNT / 300:.1%})"
IMAGES = RNG.random((40, 6, 5)).astype("float32")
IMAGES[:, 2:4, 3] = np.nan
NAMES = list("abcde")


def write_npy(path):
    np.save(path / "x.npy", MISSING)
    return path / "x.npy"


def write_npz(path):
    np.savez(path / "x.npz", x=MISSING, y=np.arange(60) % 3)
    return path / "x.npz"


def write_table(path, ending=".csv", delimiter=",", mark=""):
    with (path / f"x{ending}").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, delimiter=delimiter)
        writer.writerow(NAMES)
        writer.writerows([[mark if np.isnan(value) else repr(value) for value in row] for row in MISSING.tolist()])
    return path / f"x{ending}"


def frame(library):
    module = pytest.importorskip(library)
    columns = {name: [None if np.isnan(value) else value for value in column]
               for name, column in zip(NAMES, MISSING.T.tolist(), strict=True)}
    return module.table(columns) if library == "pyarrow" else module.DataFrame(columns)


def write_parquet(path):
    parquet.write_table(frame("pyarrow"), path / "x.parquet")
    return path / "x.parquet"


SOURCES = {
    "array": lambda _: MISSING, "float32": lambda _: MISSING.astype("float32"), "half": lambda _: MISSING.astype("float16"),
    "masked array": lambda _: np.ma.masked_invalid(MISSING), "labeled": lambda _: (MISSING, np.arange(60) % 2),
    "npy": write_npy, "npz": write_npz, "csv": write_table, "tsv": lambda path: write_table(path, ".tsv", "\t"),
    "iterator": lambda _: iter(MISSING), "pandas": lambda _: frame("pandas"), "polars": lambda _: frame("polars"),
    "pyarrow": lambda _: frame("pyarrow"), "parquet": write_parquet,
    "nullable pandas": lambda _: frame("pandas").convert_dtypes(),
}


@pytest.mark.parametrize("kind", SOURCES)
def test_every_source_keeps_missing_values(kind, tmp_path):
    dataset = data.load(SOURCES[kind](tmp_path), missing=True, scaling="none")
    x = np.concatenate([dataset.train.x, dataset.test.x])
    np.testing.assert_array_equal(np.sort(x, axis=0), np.sort(MISSING.astype("float16" if kind == "half" else "float32"), axis=0))
    assert NOTE in dataset.notes
    assert dataset.value_range == (np.nanmin(x), np.nanmax(x))
    again, *_ = data.items(SOURCES[kind](tmp_path), missing=True)
    assert np.isnan(again.x).sum() == COUNT


ARRAYS = {"array", "float32", "half", "masked array", "labeled", "npy", "npz", "iterator"}


@pytest.mark.parametrize("kind", sorted(ARRAYS))
def test_arrays_refuse_them_by_default_and_name_the_way_out(kind, tmp_path, refused):
    refused(SOURCES[kind](tmp_path), "missing=True", "--missing")


@pytest.mark.parametrize("kind", sorted({*SOURCES} - ARRAYS))
def test_tables_keep_them_by_default_and_refuse_them_if_asked(kind, tmp_path, refused):
    dataset = data.load(SOURCES[kind](tmp_path))
    assert NOTE in dataset.notes
    assert dataset.missing
    assert np.isnan(dataset.train.x).sum() + np.isnan(dataset.test.x).sum() == COUNT
    refused(SOURCES[kind](tmp_path), "got no value in row", "leave out --no-missing", missing=False)


@pytest.mark.parametrize("kind", ["array", "npy", "csv"])
def test_infinity_is_refused(kind, tmp_path):
    infinite = MISSING.copy()
    infinite[7, 2] = -np.inf
    source = infinite
    if kind == "npy":
        np.save(tmp_path / "x.npy", infinite)
        source = tmp_path / "x.npy"
    if kind == "csv":
        np.savetxt(tmp_path / "x.csv", infinite, delimiter=",", header="a,b,c,d,e", comments="")
        source = tmp_path / "x.csv"
    for memory in (None, 1e-9):
        with pytest.raises(InputError, match=r"got -inf (at index \(7, 2\)|in row 9)") as caught:
            data.load(source, missing=True, memory=memory)
        assert "--missing" not in str(caught.value)


@pytest.mark.parametrize("mark", ["", " ", "NA", "n/a", "#N/A", "<NA>", "nan", "NaN", "-nan", "null", "None", "?", "-", "."])
def test_marks_in_text_files(mark, tmp_path):
    dataset = data.load(write_table(tmp_path, mark=mark), missing=True)
    assert NOTE in dataset.notes
    assert dataset.columns == tuple(NAMES)


def test_a_text_file_without_names_may_begin_with_a_missing_value(tmp_path):
    (tmp_path / "x.csv").write_text("1,,3\n4,5,6\n7,8,9\n")
    np.testing.assert_array_equal(data.items(tmp_path / "x.csv", missing=True)[0].x, [[1, np.nan, 3], [4, 5, 6], [7, 8, 9]])


def test_flags_with_missing_values_are_numbers():
    pandas = pytest.importorskip("pandas")
    table = pandas.DataFrame({"a": [1.0, 2.0, 3.0], "flag": pandas.array([True, None, False], "boolean"),
                              "kind": ["x", None, "y"]})
    (split, *_), notes = data.items(table, missing=True), data.collect(table, missing=True).notes
    np.testing.assert_array_equal(split.x, [[1, 1, 0], [2, np.nan, np.nan], [3, 0, 1]])
    assert notes == ()


@pytest.mark.parametrize("label", [[1.0, None, 2.0, 1.0], ["x", None, "y", "x"]])
def test_labels_may_not_be_missing(label):
    table = pytest.importorskip("pandas").DataFrame({"a": [1.0, 2.0, None, 4.0], "label": label})
    with pytest.raises(InputError, match="label column 'label' .* must hold"):
        data.load(table, label="label", missing=True)


@pytest.mark.parametrize("scaling", ["standard", "minmax"])
@pytest.mark.parametrize("scale", [1.0, 1e6])
def test_scaling_is_fitted_to_the_values_that_are_there(scaling, scale):
    x = {"x_train": MISSING * scale + scale, "x_test": MISSING[:9] * scale}
    dataset = data.load(x, scaling=scaling, missing=True)
    train = x["x_train"]
    offset, factor = ((np.nanmean(train, axis=0), np.nanstd(train, axis=0)) if scaling == "standard" else
                      (np.nanmin(train, axis=0), np.nanmax(train, axis=0) - np.nanmin(train, axis=0)))
    np.testing.assert_allclose(dataset.scaling.offset, offset, rtol=1e-12)
    np.testing.assert_allclose(dataset.scaling.factor, factor, rtol=1e-12)
    np.testing.assert_allclose(dataset.train.x, (train - offset) / factor, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(dataset.scaling.undo(dataset.train.x), train, rtol=1e-5)


@pytest.mark.parametrize("scaling", ["none", "standard", "minmax"])
def test_nothing_changes_if_no_value_is_missing(scaling):
    source = {"x_train": X, "x_test": X[:9]}
    plain, kept = (data.load(source, scaling=scaling, missing=missing) for missing in (False, True))
    np.testing.assert_array_equal(kept.train.x, plain.train.x)
    assert kept.provenance == plain.provenance
    assert kept.value_range == plain.value_range
    assert kept.notes == plain.notes == ()
    if scaling == "standard":  # the formulas of complete data, bit for bit
        offset = X.sum(axis=0) / len(X)
        np.testing.assert_array_equal(kept.scaling.offset, offset)
        np.testing.assert_array_equal(kept.scaling.factor, np.sqrt(((X - offset) ** 2).sum(axis=0) / len(X)))


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", ">f4"])
@pytest.mark.parametrize("scaling", ["none", "standard", "minmax"])
def test_streamed_items_equal_items_in_memory(dtype, scaling, tmp_path):
    np.savez(tmp_path / "x.npz", x_train=MISSING[:45].astype(dtype), x_test=MISSING[45:].astype(dtype))
    whole, streamed = (data.load(tmp_path / "x.npz", scaling=scaling, missing=True, memory=memory) for memory in (None, 1e-9))
    assert isinstance(streamed.train.x, Rows)
    assert (streamed.provenance, streamed.notes, streamed.value_range) == (whole.provenance, whole.notes, whole.value_range)
    np.testing.assert_array_equal(streamed.train.x[:], whole.train.x)
    np.testing.assert_array_equal(streamed.test.x.raw(slice(None)).astype("f4"), whole.test.x)
    assert streamed.train.x.limits == (np.nanmin(whole.train.x), np.nanmax(whole.train.x))
    assert streamed.train.x.missing == np.isnan(whole.train.x).sum()
    joined, *_ = data.items(tmp_path / "x.npz", missing=True, memory=1e-9)
    assert joined.x.missing == COUNT
    assert duplicates(streamed.train.x, streamed.test.x) == duplicates(whole.train.x, whole.test.x)


def test_streamed_in_many_pieces(tmp_path, monkeypatch):
    np.save(tmp_path / "x.npy", MISSING)
    monkeypatch.setattr("zukan.streamed.slices.__defaults__", (5 * 8 * 7,))
    whole, streamed = (data.load(tmp_path / "x.npy", scaling="standard", missing=True, memory=memory) for memory in (None, 1e-9))
    np.testing.assert_array_equal(streamed.train.x[:], whole.train.x)
    assert streamed.value_range == whole.value_range
    np.testing.assert_allclose(streamed.scaling.offset, np.nanmean(streamed.scaling.undo(streamed.train.x[:]), axis=0), rtol=1e-6)


def test_a_column_that_is_missing_everywhere_is_refused_by_name(refused, tmp_path):
    (tmp_path / "t.csv").write_text("a,b,c\n1,,3\n4,,NA\n7,NA,9\n")
    assert "left out 1 column without any value: 'b'" in data.load(tmp_path / "t.csv").notes
    x = MISSING.copy()
    x[:, [1, 3]] = np.nan
    refused(x, "all values of feature 1, feature 3 are missing", missing=True)
    np.save(tmp_path / "x.npy", x)
    refused(tmp_path / "x.npy", "all values of feature 1, feature 3 are missing", missing=True, memory=1e-9)
    refused({"x_train": x[:, 1:2], "x_test": MISSING[:, :1]}, "all values of feature 0", missing=True)
    refused(np.full((4, 3, 3), np.nan), "all of them are missing", missing=True)


def test_a_model_may_read_a_column_that_is_missing_everywhere(tmp_path):
    np.save(tmp_path / "x.npy", np.full((3, 5), np.nan))
    for memory in (None, 1e-9):
        assert np.isnan(data.items(tmp_path / "x.npy", missing=True, memory=memory)[0].x).all()


def test_pixels_that_no_image_has():
    dataset = data.load(IMAGES, missing=True)
    assert np.isnan(dataset.train.x[:, 2:4, 3]).all()
    assert dataset.notes == ("80 of 1,200 values are missing (6.7%)",)


def test_missing_values_are_equal_whatever_their_bytes():
    x = np.array([[1, np.nan], [1, -np.nan], [np.nan, 1], [1, 2]], "float32")
    assert x[0].tobytes() != x[1].tobytes()
    assert duplicates(x, x[1:3]) == Duplicates(1, 0, ((0, 0), (1, 2)))


def test_the_likelihood_checks_streamed_items(tmp_path):
    np.save(tmp_path / "x.npy", MISSING)
    np.save(tmp_path / "nan.npy", np.full((3, 5), np.nan))
    normal, bernoulli = (zukan.VAE((5,), likelihood=name).likelihood for name in ("normal", "bernoulli"))
    for memory in (None, 1e-9):
        x = data.load(tmp_path / "x.npy", missing=True, memory=memory).train.x
        normal.check("x", x, missing=True)
        with pytest.raises(InputError, match=r"x must be finite, got NaN; .*missing=True"):
            normal.check("x", x)
        empty = data.items(tmp_path / "nan.npy", missing=True, memory=memory)[0].x
        with pytest.raises(InputError, match="x must hold values, but all of them are missing"):
            normal.check("x", empty, missing=True)
        with pytest.raises(InputError, match=r"x must lie in \[0, 1\]"):
            bernoulli.check("x", x, missing=True)


def test_a_model_is_trained_alike_on_streamed_items(tmp_path):
    np.save(tmp_path / "x.npy", MISSING)
    losses = []
    for memory in (None, 1e-9):
        dataset = data.load(tmp_path / "x.npy", missing=True, scaling="standard", memory=memory)
        vae = zukan.VAE((5,), likelihood="normal", encoder=zukan.networks.MLP([4]), missing=True)
        vae.compile("adam")
        losses.append(vae.fit(dataset.train.x, validation_data=dataset.test.x, epochs=2, verbose=0).history["val_loss"])
    assert losses[0] == losses[1]
    assert np.isfinite(losses).all()
