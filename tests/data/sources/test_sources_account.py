"""The account of a reading: its numbers and sentences; and what items are called before and after the split."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from image_files import GRAY, write, write_folder

from zukan import commands, data
from zukan.data.account import Account, LeftOut


def test_sentences_name_the_first_and_count_all():
    many = LeftOut("file", "that zukan wrote", [f"{i}.png" for i in range(1234)])
    one = LeftOut("file", "that cannot be read", ("a.png",), ("it is empty",))
    pages = LeftOut("page", "after the first", ("a.tif", "b.tif"), count=35, advice="save each as a file")
    account = Account(8, unit="file").leaving_out(many, one, pages, LeftOut("file", "that does not exist"))
    assert account.sentences() == (
        "left out 1,234 files that zukan wrote: '0.png', '1.png', '2.png', …",
        "left out 1 file that cannot be read: 'a.png' (it is empty)",
        "left out 35 pages after the first: 'a.tif', 'b.tif'; save each as a file")
    assert account.seen == 8 + 1234 + 1
    record = json.loads(json.dumps(account.to_json()))
    assert (record["seen"], record["read"]) == (1243, 8)
    assert record["left_out"][2] == {"count": 35, "unit": "page", "why": "after the first", "examples": ["a.tif", "b.tif"]}


def test_an_account_is_told_by_every_door(tmp_path):
    folder = write_folder(tmp_path / "pets")
    (folder / "dog" / "1.png").write_bytes(b"GIF of a dog")
    sentence = "left out 1 file that cannot be read: 'dog/1.png' (it is not an image of a supported format)"
    dataset = data.load(folder)
    assert sentence in dataset.notes
    assert (dataset.account.read, dataset.account.seen) == (5, 6)
    described = commands.data(folder)
    assert ("read", "5 of 6 files") in described
    assert [row for row in described if "dog/1.png" in row[1]] == [("left out", sentence.removeprefix("left out "))]


def test_unused_arrays_are_told():
    dataset = data.load({"x": np.eye(6, dtype=np.float32), "y": np.arange(6), "ids": np.arange(6)})
    assert dataset.notes == ("left out 1 array of other names: 'ids'",)
    assert (dataset.account.read, dataset.account.seen) == (6, 6)


@pytest.mark.parametrize("memory", [None, 1e-9])
def test_items_keep_the_names_of_their_files(memory, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = write_folder(tmp_path / "pets")
    (folder / "cat" / "1.png").write_bytes(b"nothing")
    whole, *_ = data.items(folder, memory=memory)
    assert whole.ids.tolist() == ["cat/0.png", "cat/2.png", "dog/0.png", "dog/1.png", "dog/2.png"]
    dataset = data.load(folder, memory=memory)
    pixels = dict(zip(whole.names, np.asarray(whole.x), strict=True))
    assert sorted([*dataset.train.names, *dataset.test.names]) == sorted(whole.names)
    for split in (dataset.train, dataset.test):
        for name, x in zip(split.ids.tolist(), np.asarray(split.x), strict=True):
            np.testing.assert_array_equal(x, pixels[name])


@pytest.mark.parametrize("memory", [None, 1e-9])
def test_items_of_arrays_keep_their_row_numbers(memory):
    x = np.random.default_rng(0).integers(0, 256, (40, 3), dtype=np.uint8)
    dataset = data.load((x, np.arange(40) % 4), memory=memory)
    assert dataset.train.names is None
    assert sorted([*dataset.train.ids, *dataset.test.ids]) == list(range(40))
    for split in (dataset.train, dataset.test):
        assert split.ids.dtype == np.int64
        np.testing.assert_array_equal(np.asarray(split.x), np.float32(x[split.ids]) / np.float32(255))
    given = data.load({"x_train": x[:30], "x_test": x[30:]}, memory=memory)
    assert (given.train.ids.tolist(), given.test.ids.tolist()) == (list(range(30)), list(range(30, 40)))
    assert data.items({"x_train": x[:30], "x_test": x[30:]}, memory=memory)[0].ids.tolist() == list(range(40))


def test_a_given_split_of_a_folder_keeps_names(tmp_path):
    for place in ("train/a/0.png", "train/b/0.png", "test/a/1.png", "test/b/0.png", "loose.png"):
        write(tmp_path / place, GRAY)
    dataset = data.load(tmp_path)
    assert dataset.train.names == ("train/a/0.png", "train/b/0.png")
    assert dataset.test.names == ("test/a/1.png", "test/b/0.png")
    assert "left out 1 file outside of the split folders: 'loose.png'" in dataset.notes
    assert data.items(tmp_path)[0].names == (*dataset.train.names, *dataset.test.names)


def test_every_reason_fits_one_and_many():
    for path in Path(data.__file__).parent.rglob("*.py"):
        assert not re.findall(r'LeftOut\(\s*"\w+",\s*f?"that (?:is|has|was|begins)\b[^"]*"', path.read_text("utf-8")), path
