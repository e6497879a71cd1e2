"""Every kind of source: files, arrays in memory, and the sets that Keras downloads."""

import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from zukan import data
from zukan.checks import InputError
from zukan.data.remote import KERAS_SETS

X = np.random.default_rng(0).integers(0, 256, (12, 4, 3), dtype=np.uint8)
Y = np.arange(12) % 3
FULL = {"x_train": X[:8], "y_train": Y[:8], "x_test": X[8:], "y_test": Y[8:]}


def check_full(dataset):
    np.testing.assert_array_equal(dataset.train.x, (X[:8, :, :, None] / 255).astype(np.float32))
    np.testing.assert_array_equal(dataset.test.x, (X[8:, :, :, None] / 255).astype(np.float32))
    assert dataset.train.y.tolist() == Y[:8].tolist()
    assert dataset.test.y.tolist() == Y[8:].tolist()
    assert dataset.provenance["split"] == "as given"


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_npz_with_all_four(tmp_path, save):
    path = tmp_path / "toy.npz"
    save(path, **FULL)
    dataset = data.load(path)
    check_full(dataset)
    assert dataset.name == "toy"
    assert dataset.provenance["source"] == str(path)
    check_full(data.load(str(path)))


def test_mapping_keras_pairs_and_open_archive(tmp_path):
    check_full(data.load(FULL))
    check_full(data.load(((X[:8], Y[:8]), (X[8:], Y[8:]))))
    np.savez(tmp_path / "toy.npz", **FULL)
    with np.load(tmp_path / "toy.npz") as archive:
        check_full(data.load(archive))


@pytest.mark.parametrize("names", [("x", "y"), ("x_train", "y_train")])
def test_pair_of_any_form_is_split_alike(tmp_path, names):
    np.savez(tmp_path / "pair.npz", **dict(zip(names, (X, Y), strict=True)))
    from_file, from_memory = data.load(tmp_path / "pair.npz"), data.load((X, Y))
    np.testing.assert_array_equal(from_file.test.x, from_memory.test.x)
    np.testing.assert_array_equal(from_file.test.y, from_memory.test.y)
    assert from_file.provenance["sha256"] == from_memory.provenance["sha256"]
    assert from_file.provenance["split"] == "test_fraction 0.166667, seed 0, by class"


@pytest.mark.parametrize("name", ["x", "x_train", "latents"])
def test_single_array_of_any_name(tmp_path, name):
    np.savez(tmp_path / "one.npz", **{name: X})
    np.save(tmp_path / "one.npy", X)
    expected = data.load(X)
    assert (len(expected.train), len(expected.test)) == (10, 2)
    assert expected.train.y is None
    assert "without labels" in repr(expected)
    assert repr(expected.test) == "Split(x=float32 (2, 4, 3, 1), y=None)"
    for source in (tmp_path / "one.npz", tmp_path / "one.npy", {name: X}):
        np.testing.assert_array_equal(data.load(source).train.x, expected.train.x)
        assert data.load(source).provenance["sha256"] == expected.provenance["sha256"]


def test_relative_path_with_only_a_suffix(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    np.save("MINE.npy", X)
    Path("MINE.npy").rename("MINE.NPY")
    assert data.load("MINE.NPY").name == "MINE"


def test_packed_by_content_not_by_suffix(tmp_path):
    np.savez(tmp_path / "toy.npz", **FULL)
    check_full(data.load((tmp_path / "toy.npz").rename(tmp_path / "toy")))


def test_labels_on_one_side_and_none_in_a_mapping():
    dataset = data.load({**FULL, "y_test": None})
    assert dataset.test.y is None
    assert dataset.train.y.tolist() == Y[:8].tolist()
    assert data.load((X, None)).train.y is None


class Wrapped:
    def __array__(self, dtype=None, copy=None):
        return X


def test_array_likes_and_lists():
    assert data.load([[0.0, 1.0], [0.5, 0.5]]).event_shape == (2,)
    assert data.load(Wrapped()).event_shape == (4, 3, 1)


def test_other_arrays_are_ignored_and_said_so():
    dataset = data.load({**FULL, "ids": np.arange(12), "notes": np.array(["a"])})
    check_full(dataset)
    assert dataset.provenance["ignored"] == "ids, notes"


def test_fingerprint_depends_on_bytes_dtype_and_shape():
    def sha(x):
        return data.load(x).provenance["sha256"]
    base = np.zeros((4, 6), np.float32)
    changed = base.copy()
    changed[0, 0] = 1
    others = [changed, base.astype(np.float64), base.reshape(6, 4), (base, np.zeros(4, np.int64))]
    assert len({sha(base), *map(sha, others)}) == 5
    assert sha(base) == sha(np.asfortranarray(base)) == sha(np.repeat(base, 2, axis=0)[::2])


def fake_keras(monkeypatch, name, load):
    datasets = SimpleNamespace(**{name: SimpleNamespace(load_data=load)})
    monkeypatch.setitem(sys.modules, "keras", SimpleNamespace(datasets=datasets))


def test_keras_has_the_sets():
    import keras  # only after zukan has set the backend

    assert all(callable(getattr(keras.datasets, name).load_data) for name in KERAS_SETS)


def test_keras_set(monkeypatch):
    images = np.random.default_rng(1).integers(0, 256, (6, 32, 32, 3), dtype=np.uint8)
    column = np.array([[6], [9], [9], [4], [1], [1]], dtype=np.uint8)
    fake_keras(monkeypatch, "cifar10", lambda: ((images[:4], column[:4]), (images[4:], column[4:])))
    dataset = data.load("cifar10")
    assert dataset.name == dataset.provenance["source"] == "cifar10"
    assert dataset.event_shape == (32, 32, 3)
    assert dataset.train.y.tolist() == [6, 9, 9, 4]


def test_keras_set_without_a_network(monkeypatch):
    def load():
        msg = "URL fetch failure on https://example.org/x.gz: None -- Name not known"
        raise Exception(msg)  # noqa: TRY002  # as Keras does
    fake_keras(monkeypatch, "fashion_mnist", load)
    with pytest.raises(InputError, match=r"must be downloaded.*URL fetch failure.*'mnist'") as caught:
        data.load("fashion_mnist")
    assert "\n" not in str(caught.value)
