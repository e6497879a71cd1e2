"""The cache of decoded items."""

import os
import pickle
import shutil
import time

import numpy as np
import pytest
from PIL import Image
from streamed_arrays import RNG, assert_same

from zukan import InputError, data
from zukan.data.lazy import cache
from zukan.data.lazy.files import FileItems
from zukan.data.lazy.items import DecodedItems
from zukan.data.sources import images


@pytest.fixture(autouse=True)
def cache_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def write_images(folder):
    """Write twelve images of two classes; one image is damaged."""
    for i in range(12):
        (folder / "ab"[i % 2]).mkdir(parents=True, exist_ok=True)
        Image.fromarray(RNG.integers(0, 256, (6, 5, 3)).astype("u1")).save(folder / "ab"[i % 2] / f"{i:02}.png")
    damaged = folder / "a" / "00.png"
    damaged.write_bytes(damaged.read_bytes()[:-40])
    return folder


def test_images_are_decoded_once(tmp_path, monkeypatch):
    folder = write_images(tmp_path / "images")
    whole = data.load(folder)
    first = data.load(folder, memory=1e-9)
    monkeypatch.setattr(images.Conversion, "decode", lambda *_: pytest.fail("decoded again"))
    for streamed in (first, data.load(folder, memory=1e-9)):
        assert_same(streamed, whole)
        assert streamed.account == whole.account
        assert len(whole.account.left_out) == 1
        assert streamed.notes == whole.notes


def test_images_that_do_not_fit_are_decoded_each_time(tmp_path, monkeypatch):
    monkeypatch.setattr(cache, "SHARE", 0)
    folder = write_images(tmp_path / "images")
    whole = data.load(folder)
    for _ in range(2):
        streamed = data.load(folder, memory=1e-9)
        assert_same(streamed, whole, DecodedItems)
        assert streamed.account == whole.account
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(streamed.train.x))[:], whole.train.x)
    (folder / "b" / "07.png").unlink()
    with pytest.raises(InputError, match=r"'b/07.png' of .*can no longer be read.*; restore it, and continue"):
        np.asarray(streamed.train.x), np.asarray(streamed.test.x)
    shutil.make_archive(str(tmp_path / "packed"), "zip", folder)
    with pytest.raises(InputError, match=r"packed.zip.* must fit, unpacked.*unpack it into a folder"):
        data.load(tmp_path / "packed.zip", memory=1e-9)


def decode_all(decode, names=range(8), **options):
    return cache.decode_once("key", (8, 3), "u1", decode, names=[*map(str, names)], label="fake", **options)


def test_a_damaged_entry_is_decoded_again():
    calls = []

    def decode(row):
        calls.append(row)
        if row == 5:
            raise OSError("torn")
        return np.full(3, row, "u1")

    for _ in range(2):
        items, reasons = decode_all(decode, order=[7, 6, 5, 4, 3, 2, 1, 0], threads=1)
        assert isinstance(items, FileItems)
        assert items[:][:, 0].tolist() == [0, 1, 2, 3, 4, 0, 6, 7]
        assert reasons == {5: "torn"}
    assert calls == [7, 6, 5, 4, 3, 2, 1, 0]
    (path,) = cache.folder().glob("*.bin")
    path.write_bytes(path.read_bytes()[:-1])
    decode_all(decode)
    assert len(calls) == 16
    (cache.folder() / "key.json").write_text("{}")
    decode_all(decode)
    assert len(calls) == 24


def test_a_full_disk_leaves_no_entry(monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "pwrite", full)
    items, reasons = decode_all(lambda row: np.full(3, row, "u1"))
    assert isinstance(items, DecodedItems)
    assert items[:][:, 0].tolist() == [*range(8)]
    assert reasons == {}
    assert not [path for path in cache.folder().iterdir() if path.suffix != ".json"]


def test_unused_entries_are_deleted():
    decode_all(lambda row: np.zeros(3, "u1"))
    old = time.time() - 2 * cache.UNUSED
    os.utime(cache.folder() / "key.json", (old, old))
    cache.decode_once("other", (1, 3), "u1", lambda _: np.zeros(3, "u1"), names=["0"], label="fake")
    assert sorted(path.name for path in cache.folder().iterdir()) == ["other.bin", "other.json"]


@pytest.mark.parametrize("function", ["tempfile.mkstemp", "pathlib.Path.replace"])
def test_a_cache_that_cannot_be_written(function, monkeypatch):
    def fail(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(function, fail)
    items, reasons = decode_all(lambda row: np.full(3, row, "u1"))
    assert isinstance(items, DecodedItems)
    assert items[:][:, 0].tolist() == [*range(8)]
    assert reasons == {}
    assert list(cache.folder().iterdir()) == []
