"""Every mistake is one `InputError` of one line that names the place, the value found and the fix."""

import os
import re
import sys
import zipfile

import numpy as np
import pytest

from zukan import data
from zukan.checks import InputError

X = np.ones((4, 3), np.float32)
WRONG_VALUES = X.copy()
WRONG_VALUES[1, 2] = np.nan
INFINITE = np.zeros((3, 2, 2))
INFINITE[2, 0, 1] = -np.inf


def refused(source, *words, **options):
    with pytest.raises(InputError) as caught:
        data.load(source, **options)
    message = str(caught.value)
    assert "\n" not in message
    for word in words:
        assert word in message
    assert re.search(r"; \w", message), "the message must end in a fix"


@pytest.mark.parametrize(("source", "words"), [
    ("mnsit", ("source", "'mnsit'", "did you mean 'mnist'?", "file or folder")),
    ("MNIST", ("did you mean 'mnist'?",)),
    ("fashion-mnist", ("did you mean 'fashion_mnist'?",)),
    ("qqqq", ("'qqqq'", "'cifar10'", "give one of these")),
    ("", ("got ''",)),
    (5, ("source", "got 5")),
    (None, ("source", "got None")),
    ((X, X, X), ("source", "got a tuple of 3")),
])
def test_not_a_source(source, words):
    refused(source, *words)


@pytest.mark.parametrize(("x", "words"), [
    (np.ones((4, 3), np.int64), ("int64", "convert it to uint8 when its values are 0..255", "float32")),
    (np.ones((4, 3), np.uint16), ("uint16", "uint8")),
    (np.ones((4, 3), np.int8), ("int8", "float32")),
    (X.astype(complex), ("complex128", "float32")),
    (np.array([["a"], ["b"]]), ("<U1", "float32")),
    (np.array([[None], [1]]), ("array of numbers", "dtype object")),
    ([[1.0, 2.0], [3.0]], ("inhomogeneous", "numpy.stack")),
    (np.float32(3), ("shape ()", "first axis")),
    (np.ones(3), ("shape (3,)", "(n, d)")),
    (np.ones((1, 1, 1, 1, 1)), ("shape (1, 1, 1, 1, 1)",)),
    (np.ones((0, 3)), ("empty", "(0, 3)")),
    (np.ones((3, 0)), ("empty", "(3, 0)")),
    (WRONG_VALUES, ("finite", "nan at index (1, 2)", "1 such")),
    (INFINITE, ("finite", "-inf at index (2, 0, 1)")),
    (np.full((3, 2), 1e300), ("finite float32", "1e+300 at index (0, 0)", "6 such")),
    (X[:1], ("at least 2 items", "got 1", "x_test")),
])
def test_items(x, words):
    refused(x, "source", *words)


@pytest.mark.parametrize(("y", "words"), [
    ([1, 2], ("y must", "2 labels for 4 items")),
    (np.eye(4), ("shape (4, 4)", "argmax")),
    (3, ("shape ()",)),
    ([0.5] * 4, ("float64", "astype")),
    ([None] * 4, ("y.astype(str)",)),
    (np.full(4, 2**63, np.uint64), ("int64", "9223372036854775808")),
])
def test_labels(y, words):
    refused((X, y), "y", *words)


@pytest.mark.parametrize(("arrays", "words"), [
    ({}, ("x_train", "nothing")),
    ({"x": None}, ("nothing",)),
    ({"a": X, "b": X}, ("x_train", "a, b", "rename")),
    ({f"a{i}": X for i in range(12)}, ("a7, …",)),
    ({"x_train": X, "y_test": [1] * 4}, ("x_train, y_test",)),
    ({"x_test": X, "y_train": [1] * 4}, ("x_test, y_train",)),
    ({"x_train": X, "x_test": X, "x": X}, ("x_train, x_test, x",)),
    ({"x_train": X, "x_test": X[:, :2]}, ("x_test", "(2,) and (3,)")),
    ({"x_train": X, "x_test": X.astype(np.uint8)}, ("x_test", "uint8 and float32")),
    ({"x_train": X, "x_test": X, "y_test": [1]}, ("y_test", "x_test", "1 labels for 4 items")),
    ({"x_train": X, "x_test": WRONG_VALUES}, ("x_test must hold finite",)),
    ({"x_train": X, "y_train": [1] * 4, "x_test": X, "y_test": ["a"] * 4},
     ("y_train and y_test", "int64 and <U1")),
])
def test_arrays_by_name(arrays, words):
    refused(arrays, *words)


@pytest.mark.parametrize(("options", "words"), [
    ({"test_fraction": 0}, ("test_fraction", "above 0", "got 0")),
    ({"test_fraction": 1}, ("test_fraction", "below 1", "got 1", "0.2")),
    ({"test_fraction": float("nan")}, ("test_fraction", "got nan")),
    ({"test_fraction": "a"}, ("test_fraction", "'a'")),
    ({"seed": -1}, ("seed", "got -1")),
    ({"seed": 1.5}, ("seed", "got 1.5")),
])
def test_options(options, words):
    with pytest.raises(InputError) as caught:
        data.load(X, **options)
    assert all(word in str(caught.value) for word in words)


def test_missing_file_and_directory(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    refused("nothing.npz", "there is no nothing.npz", "check the path")
    refused("no/such", f"there is no no{os.sep}such")
    refused("a\0/b", "cannot be opened")
    refused("n" * 5000 + ".npy", "cannot be opened")
    refused(tmp_path, str(tmp_path), "must hold images", "got none")


def test_file_names_the_array_and_the_file(tmp_path):
    path = tmp_path / "d.npz"
    np.savez(path, x_train=X, y_train=np.ones(3, int))
    refused(path, f"y_train in {path}", f"x_train in {path}", "3 labels for 4 items")
    np.savez(path, latents=X.astype(int))
    refused(path, f"latents in {path} must hold", "int64")
    np.savez(path, train_images=X, test_images=X)
    refused(path, f"{path} must hold x_train", "it holds train_images, test_images")
    np.save(tmp_path / "d.npy", WRONG_VALUES)
    refused(tmp_path / "d.npy", f"{tmp_path / 'd.npy'} must hold finite", "nan")


class Trap:
    """Unpickling it would raise an error of its own."""

    def __reduce__(self):
        return (sys.exit, ("unpickled",))


def test_nothing_is_unpickled(tmp_path):
    trap = np.array([Trap(), Trap()], dtype=object)
    np.savez(tmp_path / "o.npz", x=trap)
    refused(tmp_path / "o.npz", "x in", "Object arrays cannot be loaded")
    np.save(tmp_path / "o.npy", trap)
    refused(tmp_path / "o.npy", "o.npy", "Object arrays cannot be loaded")
    trap.dump(tmp_path / "pickle.npy")
    refused(tmp_path / "pickle.npy", "pickle.npy must be a .npy, .npz", "begins with")


def test_foreign_files(tmp_path):
    (tmp_path / "text.npy").write_text("a,b\n1,2\n")
    refused(tmp_path / "text.npy", "text.npy must be a .npy, .npz", r"b'a,b\n1,'")
    (tmp_path / "none.npz").write_bytes(b"")
    refused(tmp_path / "none.npz", "none.npz", "begins with b''")
    with zipfile.ZipFile(tmp_path / "model.npz", "w") as file:
        file.writestr("config.json", "{}")
        file.writestr("model.h5", "x")
    refused(tmp_path / "model.npz", "x_train", "config.json, model.h5")
    with zipfile.ZipFile(tmp_path / "one.npz", "w") as file:
        file.writestr("readme.txt", "hello")
    refused(tmp_path / "one.npz", "readme.txt in", "array of numbers")


@pytest.mark.parametrize("name", ["whole.npy", "whole.npz"])
def test_truncated_at_any_length(tmp_path, name):
    np.save(tmp_path / "whole.npy", X)
    np.savez(tmp_path / "whole.npz", x=X)
    content = (tmp_path / name).read_bytes()
    for length in range(0, len(content), 7):
        (tmp_path / f"cut_{name}").write_bytes(content[:length])
        refused(tmp_path / f"cut_{name}", f"cut_{name}", "numpy.save")


def test_damaged_inside_an_archive(tmp_path):
    np.savez_compressed(tmp_path / "d.npz", x=np.random.default_rng(0).random((50, 4)))
    content = bytearray((tmp_path / "d.npz").read_bytes())
    for place in range(200, len(content) - 200, 50):
        content[place] ^= 255
    (tmp_path / "d.npz").write_bytes(content)
    refused(tmp_path / "d.npz", "x in", "d.npz")
