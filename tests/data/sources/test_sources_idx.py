"""IDX files, plain and gzipped."""

import gzip
import struct

import numpy as np
import pytest

from zukan import data
from zukan.checks import InputError

X = np.random.default_rng(0).integers(0, 256, (6, 4, 3), dtype=np.uint8)
Y = np.arange(6, dtype=np.uint8) % 2
CODES = {"u1": 8, "i1": 9, "i2": 11, "i4": 12, "f4": 13, "f8": 14}


def idx(array):
    code = CODES[array.dtype.str[1:]]
    return struct.pack(f">HBB{array.ndim}I", 0, code, array.ndim, *array.shape) + array.astype(array.dtype.newbyteorder(">")).tobytes()


def write(path, array, packed):
    path.write_bytes(gzip.compress(idx(array)) if packed else idx(array))
    return path


@pytest.mark.parametrize("packed", [False, True])
def test_the_four_files_of_mnist(tmp_path, packed):
    end = ".gz" if packed else ""
    write(tmp_path / f"train-images-idx3-ubyte{end}", X[:4], packed)
    write(tmp_path / f"train-labels-idx1-ubyte{end}", Y[:4], packed)
    write(tmp_path / f"t10k-images-idx3-ubyte{end}", X[4:], packed)
    write(tmp_path / f"t10k-labels-idx1-ubyte{end}", Y[4:], packed)
    dataset = data.load(tmp_path)
    np.testing.assert_array_equal(dataset.train.x[..., 0], X[:4] / np.float32(255))
    np.testing.assert_array_equal(dataset.test.x[..., 0], X[4:] / np.float32(255))
    assert (dataset.train.y.tolist(), dataset.test.y.tolist()) == ([0, 1, 0, 1], [0, 1])
    split, *_ = data.items(tmp_path / f"t10k-images-idx3-ubyte{end}")
    np.testing.assert_array_equal(split.x, dataset.test.x)


def test_labels_without_their_images(tmp_path):
    write(tmp_path / "train-images-idx3-ubyte", X, packed=False)
    assert data.load(tmp_path).train.y is None
    write(tmp_path / "t10k-labels-idx1-ubyte", Y, packed=False)
    with pytest.raises(InputError, match=r"must hold the images for the labels in 't10k-labels-idx1-ubyte', but .*; add them"):
        data.load(tmp_path)


@pytest.mark.parametrize("kind", ["f4", "f8"])
def test_floats(tmp_path, kind):
    x = np.random.default_rng(1).normal(size=(5, 3)).astype(kind)
    np.testing.assert_array_equal(data.items(write(tmp_path / "a.idx", x, packed=False))[0].x, x.astype("float32"))


@pytest.mark.parametrize("kind", ["i1", "i2", "i4"])
def test_whole_numbers_are_refused(tmp_path, kind):
    with pytest.raises(InputError, match="convert it to uint8"):
        data.load(write(tmp_path / "a.idx", X.astype(kind), packed=False))


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("change", [lambda raw: raw[:-1], lambda raw: raw + b"1", lambda raw: raw[:4] + b"\xff" * 4 + raw[8:],
                                    lambda raw: raw[:6]])
def test_a_damaged_file(tmp_path, packed, change):
    raw = change(idx(X))
    (tmp_path / "a.idx").write_bytes(gzip.compress(raw) if packed else raw)
    with pytest.raises(InputError, match=r"a.idx.* must .*; download it again"):
        data.load(tmp_path / "a.idx")


def test_a_damaged_gzip(tmp_path):
    raw = bytearray(gzip.compress(idx(X)))
    raw[-6] ^= 255
    (tmp_path / "a.gz").write_bytes(raw)
    with pytest.raises(InputError, match=r"a.gz.*must be a complete IDX file"):
        data.load(tmp_path / "a.gz")
