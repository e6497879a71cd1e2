"""Items that are read when asked for are those that would have been in memory."""

import gzip
import os
import pickle
import struct
import time

import numpy as np
import pytest
from PIL import Image

from zukan import InputError, data
from zukan.data import cache, memory
from zukan.data.duplicates import duplicates
from zukan.data.rows import Decoded, FileItems, Held, Items, Joined, Rows

RNG = np.random.default_rng(0)
ARRAYS = {"bytes": RNG.integers(0, 256, (90, 7, 5)).astype("u1"), "bool": RNG.random((90, 9)) < 0.5,
          "float": RNG.normal(size=(90, 9)).astype("f4"), "double": 1e3 * RNG.normal(size=(90, 9)),
          "half": RNG.normal(size=(90, 9)).astype("f2"), "other end": RNG.normal(size=(90, 4, 3, 2)).astype(">f4")}
LABELS = np.arange(90) % 3


@pytest.fixture(autouse=True)
def cached(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


WRITERS = {
    "npy": lambda path, x: np.save(path.with_suffix(".npy"), x),
    "stored": lambda path, x: np.savez(path.with_suffix(".npz"), x=x, y=LABELS),
    "packed": lambda path, x: np.savez_compressed(path.with_suffix(".npz"), y=LABELS, x=x),
    "given split": lambda path, x: np.savez(path.with_suffix(".npz"), x_train=x[:60], x_test=x[60:]),
}


def assert_alike(whole, unread, kind=FileItems):
    assert isinstance(unread.train.x, Rows)
    assert isinstance(unread.train.x.items, kind)
    assert unread.provenance == whole.provenance
    assert unread.value_range == whole.value_range
    order = RNG.permutation(len(whole.train))
    for mine, theirs in ((unread.train, whole.train), (unread.test, whole.test)):
        assert mine.x.shape == theirs.x.shape
        assert (mine.y is None) == (theirs.y is None)
        assert mine.y is None or np.array_equal(mine.y, theirs.y)
        for rows in (slice(None), slice(2, 9), slice(None, None, 4), order[order < len(theirs)], -1, 0):
            np.testing.assert_array_equal(mine.x[rows], theirs.x[rows])
        raw = mine.x.raw(slice(None))
        seen = mine.x.levels[raw] if raw.dtype == np.uint8 else raw.astype("f4")
        np.testing.assert_array_equal(seen, theirs.x)
    assert duplicates(unread.train.x, unread.test.x) == duplicates(whole.train.x, whole.test.x)


@pytest.mark.parametrize("scaling", ["none", "standard", "minmax"])
@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("name", ARRAYS)
def test_what_is_read_when_asked_for_is_what_would_be_in_memory(name, writer, scaling, tmp_path):
    x = ARRAYS[name]
    if scaling != "none" and (x.ndim != 2 or name == "bool"):
        pytest.skip("only features are scaled")
    WRITERS[writer](tmp_path / "a", x)
    (path,) = tmp_path.glob("a.*")
    whole = data.load(path, scaling=scaling)
    assert isinstance(whole.train.x, np.ndarray)
    assert_alike(whole, data.load(path, scaling=scaling, memory=1e-9))
    np.testing.assert_array_equal(data.items(path, memory=1e-9)[0].x[:], data.items(path)[0].x)


@pytest.mark.parametrize("packed", [False, True])
def test_idx(packed, tmp_path):
    x = ARRAYS["float"]
    content = struct.pack(">BBBBII", 0, 0, 0x0D, 2, *x.shape) + x.astype(">f4").tobytes()
    (tmp_path / "a.idx").write_bytes(gzip.compress(content) if packed else content)
    whole, unread = data.load(tmp_path / "a.idx"), data.load(tmp_path / "a.idx", memory=1e-9)
    if packed:  # small once read, since floats cannot be kept any smaller
        assert isinstance(unread.train.x, np.ndarray)
    else:
        assert_alike(whole, unread)


def test_bytes_in_memory_stay_bytes():
    assert_alike(data.load((ARRAYS["bytes"], LABELS)), data.load((ARRAYS["bytes"], LABELS), memory=1e-9), Held)
    assert isinstance(data.load(ARRAYS["float"], memory=1e-9).train.x, np.ndarray)


def pictures(folder):
    for i in range(12):
        (folder / "ab"[i % 2]).mkdir(parents=True, exist_ok=True)
        Image.fromarray(RNG.integers(0, 256, (6, 5, 3)).astype("u1")).save(folder / "ab"[i % 2] / f"{i:02}.png")
    broken = folder / "a" / "00.png"
    broken.write_bytes(broken.read_bytes()[:-40])
    return folder


def test_images_are_decoded_once(tmp_path, monkeypatch):
    from zukan.data import images

    folder = pictures(tmp_path / "pictures")
    whole = data.load(folder)
    first = data.load(folder, memory=1e-9)
    monkeypatch.setattr(images.Policy, "decode", lambda *_: pytest.fail("it was decoded again"))
    for unread in (first, data.load(folder, memory=1e-9)):
        assert_alike(whole, unread)
        assert unread.unreadable == whole.unreadable != ()
        assert unread.notes == whole.notes


def test_images_that_do_not_fit_are_decoded_each_time(tmp_path, monkeypatch):
    monkeypatch.setattr(cache, "SHARE", 0)
    folder = pictures(tmp_path / "pictures")
    whole = data.load(folder)
    for _ in range(2):
        unread = data.load(folder, memory=1e-9)
        assert_alike(whole, unread, Decoded)
        assert unread.unreadable == whole.unreadable
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(unread.train.x))[:], whole.train.x)
    (folder / "b" / "07.png").unlink()
    with pytest.raises(InputError, match=r"'b/07.png' of .*cannot be read any more.*; restore it, and go on"):
        np.asarray(unread.train.x), np.asarray(unread.test.x)
    import shutil

    shutil.make_archive(str(tmp_path / "packed"), "zip", folder)
    with pytest.raises(InputError, match=r"packed.zip.* must fit, unpacked.*unpack it into a folder"):
        data.load(tmp_path / "packed.zip", memory=1e-9)


def fill(decode, names=range(8), **options):
    return cache.filled("key", (8, 3), "u1", decode, names=[*map(str, names)], label="fake", **options)


def test_a_cache_is_made_anew_when_it_is_not_whole():
    calls = []

    def decode(row):
        calls.append(row)
        if row == 5:
            raise OSError("torn")
        return np.full(3, row, "u1")

    for _ in range(2):
        items, found = fill(decode, order=[7, 6, 5, 4, 3, 2, 1, 0], threads=1)
        assert isinstance(items, FileItems)
        assert items[:][:, 0].tolist() == [0, 1, 2, 3, 4, 0, 6, 7]
        assert found == {5: "torn"}
    assert calls == [7, 6, 5, 4, 3, 2, 1, 0]
    (made,) = cache.folder().glob("*.bin")
    made.write_bytes(made.read_bytes()[:-1])
    fill(decode)
    assert len(calls) == 16
    (cache.folder() / "key.json").write_text("{}")
    fill(decode)
    assert len(calls) == 24


def test_a_full_disk_leaves_no_cache(monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "pwrite", full)
    items, found = fill(lambda row: np.full(3, row, "u1"))
    assert isinstance(items, Decoded)
    assert items[:][:, 0].tolist() == [*range(8)]
    assert found == {}
    assert not [path for path in cache.folder().iterdir() if path.suffix != ".json"]


def test_what_was_not_used_for_long_goes():
    fill(lambda row: np.zeros(3, "u1"))
    old = time.time() - 2 * cache.KEPT
    os.utime(cache.folder() / "key.json", (old, old))
    cache.filled("other", (1, 3), "u1", lambda _: np.zeros(3, "u1"), names=["0"], label="fake")
    assert sorted(path.name for path in cache.folder().iterdir()) == ["other.bin", "other.json"]


@pytest.mark.parametrize("change", [lambda path: path.unlink(), lambda path: path.write_bytes(path.read_bytes() + b"1"),
                                    lambda path: os.utime(path, (1, 1))])
def test_a_file_that_vanishes_or_changes(change, tmp_path):
    np.save(tmp_path / "a.npy", ARRAYS["bytes"])
    x = data.load(tmp_path / "a.npy", memory=1e-9).train.x
    change(tmp_path / "a.npy")
    with pytest.raises(InputError, match=r"a.npy' must stay as it is while it is used.*; restore it, and go on with zukan resume"):
        x.raw(slice(0, 3))


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 1e300])
def test_values_that_are_not_finite(bad, tmp_path):
    x = ARRAYS["double"].copy()
    x[77, 2] = bad
    np.save(tmp_path / "a.npy", x)
    with pytest.raises(InputError, match=r"a.npy must hold finite float32 values, got .* at index \(77, 2\)"):
        data.load(tmp_path / "a.npy", memory=1e-9)


def test_row_numbers_beyond_the_end():
    x = Rows(Held(ARRAYS["bytes"], "x"), data.Scaling.of(np.dtype("u1")))
    for rows in ([90], [-91]):
        with pytest.raises(IndexError):
            x[np.array(rows)]
    np.testing.assert_array_equal(x.take(np.array([4, 2])).take(slice(1, 2))[:], x[2:3])


def test_joined_arrays():
    x = ARRAYS["float"]
    joined = Joined([Held(x[:20], "a"), Held(x[20:25], "b"), Held(x[25:], "c")])
    order = RNG.permutation(90)
    np.testing.assert_array_equal(joined[order], x[order])
    assert isinstance(joined, Items)


def test_memory_within_control_groups(tmp_path):
    own = tmp_path / "own"
    for version, names in ((2, ("memory.max", "memory.current", "inactive_file")),
                           (1, ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"))):
        root = tmp_path / str(version)
        folder = (root if version == 2 else root / "memory") / "jobs" / "mine"
        folder.mkdir(parents=True)
        for place, limit in ((folder, 1000), (folder.parent, 900)):
            for name, value in zip(names[:2], (limit, 300), strict=True):
                (place / name).write_text(f"{value}\n")
            (place / "memory.stat").write_text(f"anon 7\n{names[2]} 50\n")
        own.write_text("0::/jobs/mine\n" if version == 2 else "3:cpu:/\n4:memory:/jobs/mine\n")
        assert sorted(memory._cgroups(root, own)) == [650, 750]
    (tmp_path / "2" / "jobs" / "memory.max").write_text("max\n")
    own.write_text("0::/jobs/mine\n")
    assert [*memory._cgroups(tmp_path / "2", own)] == [750]
    assert 0 < memory.available() < 2**50


@pytest.mark.parametrize("value", [0, -1, "much"])
def test_memory_must_be_a_number(value):
    with pytest.raises(InputError, match="memory must be a finite number above 0"):
        data.load("mnist", memory=value)
