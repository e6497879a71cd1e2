"""Streamed data is equal to the same data in memory."""

import gzip
import struct

import numpy as np
import pytest
from streamed_arrays import ARRAYS, LABELS, assert_same

from zukan import data
from zukan.data.lazy.items import ArrayItems
from zukan.data.lazy.rows import Rows


@pytest.fixture(autouse=True)
def cache_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


WRITERS = {
    "npy": lambda path, x: np.save(path.with_suffix(".npy"), x),
    "stored": lambda path, x: np.savez(path.with_suffix(".npz"), x=x, y=LABELS),
    "packed": lambda path, x: np.savez_compressed(path.with_suffix(".npz"), y=LABELS, x=x),
    "split": lambda path, x: np.savez(path.with_suffix(".npz"), x_train=x[:60], x_test=x[60:]),
}
FEATURES = [name for name, x in ARRAYS.items() if x.ndim == 2 and x.dtype != bool]
CASES = [(name, "none") for name in ARRAYS] + [(name, kind) for name in FEATURES for kind in ("standard", "minmax")]


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize(("name", "scaling"), CASES)
def test_streamed_files_equal_files_in_memory(name, writer, scaling, tmp_path):
    x = ARRAYS[name]
    WRITERS[writer](tmp_path / "a", x)
    (path,) = tmp_path.glob("a.*")
    whole = data.load(path, scaling=scaling)
    assert isinstance(whole.train.x, np.ndarray)
    assert_same(data.load(path, scaling=scaling, memory=1e-9), whole)
    np.testing.assert_array_equal(data.items(path, memory=1e-9)[0].x[:], data.items(path)[0].x)


@pytest.mark.parametrize("packed", [False, True])
def test_idx(packed, tmp_path):
    x = ARRAYS["float"]
    content = struct.pack(">BBBBII", 0, 0, 0x0D, 2, *x.shape) + x.astype(">f4").tobytes()
    (tmp_path / "a.idx").write_bytes(gzip.compress(content) if packed else content)
    whole, streamed = data.load(tmp_path / "a.idx"), data.load(tmp_path / "a.idx", memory=1e-9)
    if packed:  # floats in memory take as much as float32, so that streaming them saves nothing
        assert isinstance(streamed.train.x, np.ndarray)
    else:
        assert_same(streamed, whole)


def test_bytes_in_memory_stay_bytes():
    whole, streamed = data.load((ARRAYS["bytes"], LABELS)), data.load((ARRAYS["bytes"], LABELS), memory=1e-9)
    assert_same(streamed, whole, ArrayItems)
    assert isinstance(data.load(ARRAYS["float"], memory=1e-9).train.x, np.ndarray)


def test_row_numbers_beyond_the_end():
    x = Rows(ArrayItems(ARRAYS["bytes"], "x"), data.Scaling.of(np.dtype("u1")))
    for rows in ([90], [-91]):
        with pytest.raises(IndexError):
            x[np.array(rows)]
    np.testing.assert_array_equal(x.take(np.array([4, 2])).take(slice(1, 2))[:], x[2:3])
