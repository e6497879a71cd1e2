"""``.npy`` and ``.npz`` files."""

import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from split_arrays import FLOAT, FULL, NAN, X, Y, check_full

from zukan import data


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_npz_with_all_four_arrays(tmp_path, save):
    path = tmp_path / "toy.npz"
    save(path, **FULL)
    dataset = data.load(path)
    check_full(dataset)
    assert dataset.name == "toy"
    assert dataset.provenance["source"] == str(path)
    check_full(data.load(str(path)))
    with np.load(path) as archive:
        check_full(data.load(archive))


@pytest.mark.parametrize("names", [("x", "y"), ("x_train", "y_train")])
def test_a_file_is_split_like_arrays_in_memory(tmp_path, names):
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
    for path in (tmp_path / "one.npz", tmp_path / "one.npy"):
        np.testing.assert_array_equal(data.load(path).train.x, expected.train.x)
        assert data.load(path).provenance["sha256"] == expected.provenance["sha256"]


def test_relative_path_in_capitals(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    np.save("MINE.npy", X)
    Path("MINE.npy").rename("MINE.NPY")
    assert data.load("MINE.NPY").name == "MINE"


def test_an_npz_without_ending_is_recognized(tmp_path):
    np.savez(tmp_path / "toy.npz", **FULL)
    check_full(data.load((tmp_path / "toy.npz").rename(tmp_path / "toy")))


class Trap:
    """Unpickling it ends the process."""

    def __reduce__(self):
        return (sys.exit, ("unpickled",))


def test_messages_name_the_array_and_the_file(refused, tmp_path):
    path = tmp_path / "d.npz"
    np.savez(path, x_train=FLOAT, y_train=np.ones(3, int))
    refused(path, f"y_train in {path}", f"x_train in {path}", "3 labels for 4 items")
    np.savez(path, latents=FLOAT.astype(int))
    refused(path, f"latents in {path} must hold", "int64")
    np.savez(path, train_images=FLOAT, test_images=FLOAT)
    refused(path, f"{path} must hold x_train", "it holds train_images, test_images")
    np.save(tmp_path / "d.npy", NAN)
    refused(tmp_path / "d.npy", f"{tmp_path / 'd.npy'} must hold finite", "nan")


def test_nothing_is_unpickled(refused, tmp_path):
    trap = np.array([Trap(), Trap()], dtype=object)
    np.savez(tmp_path / "o.npz", x=trap)
    refused(tmp_path / "o.npz", "x in", "Object arrays cannot be loaded")
    np.save(tmp_path / "o.npy", trap)
    refused(tmp_path / "o.npy", "o.npy", "Object arrays cannot be loaded")
    trap.dump(tmp_path / "pickle.npy")
    refused(tmp_path / "pickle.npy", "pickle.npy must be a .npy, .npz", "begins with")


def test_files_of_other_kinds(refused, tmp_path):
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
def test_a_file_truncated_at_any_length(refused, tmp_path, name):
    np.save(tmp_path / "whole.npy", FLOAT)
    np.savez(tmp_path / "whole.npz", x=FLOAT)
    content = (tmp_path / name).read_bytes()
    for length in range(0, len(content), 7):
        (tmp_path / f"cut_{name}").write_bytes(content[:length])
        refused(tmp_path / f"cut_{name}", f"cut_{name}", "numpy.save")


def test_a_damaged_array_in_an_archive(refused, tmp_path):
    np.savez_compressed(tmp_path / "d.npz", x=np.random.default_rng(0).random((50, 4)))
    content = bytearray((tmp_path / "d.npz").read_bytes())
    for place in range(200, len(content) - 200, 50):
        content[place] ^= 255
    (tmp_path / "d.npz").write_bytes(content)
    refused(tmp_path / "d.npz", "x in", "d.npz")
