"""Folders of images: which files are read, their classes and splits."""

import io
import tarfile
import zlib

import numpy as np
import pytest
from image_files import COLOR, GRAY, write, write_folder
from PIL import Image

from zukan import data
from zukan.checks import InputError


@pytest.fixture
def folder(tmp_path):
    return write_folder(tmp_path / "pets")


def test_folders_are_classes(folder):
    dataset = data.load(folder, test_fraction=1 / 3)
    assert dataset.name == "pets"
    assert dataset.class_names == ("cat", "dog")
    assert dataset.event_shape == (6, 8, 1)
    assert np.bincount(dataset.train.y).tolist() == [2, 2]
    assert np.bincount(dataset.test.y).tolist() == [1, 1]
    assert dataset.notes == ("6 images of 6 × 8 (height × width), read as grayscale",)
    split, names, notes, *_ = data.items(folder)
    assert notes == dataset.notes
    assert (names, split.y.tolist()) == (("cat", "dog"), [0, 0, 0, 1, 1, 1])
    np.testing.assert_array_equal(np.rint(split.x[4, ..., 0] * 255), GRAY // 2 + 61)


def test_splits_and_images_without_classes(tmp_path):
    for split, n in (("train", 3), ("val", 2), ("test", 1)):
        for i in range(n):
            write(tmp_path / "s" / split / "a" / f"{i}.png", GRAY + np.uint8(i))
            write(tmp_path / "s" / split / "b" / f"{i}.png", GRAY + np.uint8(9 + i))
    dataset = data.load(tmp_path / "s")
    assert (len(dataset.train), len(dataset.test), dataset.class_names) == (10, 2, ("a", "b"))
    assert dataset.provenance["split"] == "as given"
    assert any("validation" in note for note in dataset.notes)
    assert data.load(tmp_path / "s" / "train" / "a").train.y is None
    write(tmp_path / "s" / "train" / "loose.png")
    unsorted = data.load(tmp_path / "s" / "train")
    assert unsorted.train.y is None
    assert any("1 image not in a class folder" in note for note in unsorted.notes)


def test_hidden_and_other_files_are_skipped(folder):
    for name in (".DS_Store", "__MACOSX/._0.png", "notes.txt", "cat/.hidden.png"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(b"?")
    dataset = data.load(folder)
    assert len(dataset.train) + len(dataset.test) == 6


def test_unreadable_files_are_skipped_and_reported(folder):
    whole = (folder / "cat" / "0.png").read_bytes()
    (folder / "cat" / "1.png").write_bytes(whole[:60])
    (folder / "dog" / "1.png").write_bytes(b"GIF of a dog")
    (folder / "dog" / "2.png").write_bytes(b"")
    dataset = data.load(folder)
    assert len(dataset.train) + len(dataset.test) == 3
    (unreadable,) = dataset.account.left_out
    assert unreadable.names == ("cat/1.png", "dog/1.png", "dog/2.png")
    reasons = dict(zip(unreadable.names, unreadable.details, strict=True))
    assert "truncated" in reasons["cat/1.png"]
    assert "not an image of a supported format" in reasons["dog/1.png"]
    assert dataset.notes[1].startswith("left out 3 files that cannot be read: 'cat/1.png' (image file is truncated")


def bomb(path):
    """Write a small PNG whose header says that it is huge."""
    content = io.BytesIO()
    Image.new("L", (1, 1)).save(content, "png")
    raw = bytearray(content.getvalue())
    raw[16:24] = (60_000).to_bytes(4, "big") * 2
    raw[29:33] = zlib.crc32(bytes(raw[12:29])).to_bytes(4, "big")
    path.write_bytes(raw)


def test_bombs_are_skipped(folder):
    bomb(folder / "cat" / "bomb.png")
    dataset = data.load(folder)
    (unreadable,) = dataset.account.left_out
    assert unreadable.names == ("cat/bomb.png",)
    assert "pixels" in unreadable.details[0]


def test_nothing_to_read(tmp_path):
    with pytest.raises(InputError, match=r"must hold images \(.png, .*got none; add some"):
        data.load(tmp_path)
    (tmp_path / "a.png").write_bytes(b"nothing")
    with pytest.raises(InputError, match="left out 1 file that cannot be read: 'a.png' "):
        data.load(tmp_path)


@pytest.mark.parametrize(("name", "fix"), [
    ("b/t.csv", "give one file, such as 'b/t.csv'"), ("t.npy", "give one file, such as 't.npy'"), ("t.csv.GZ", "give one file, such as 't.csv.GZ'"),
    ("t.docx", "add some")])
def test_a_folder_of_other_sources_says_to_give_one_of_them(name, fix, tmp_path):
    file = tmp_path / "source" / name
    file.parent.mkdir(parents=True)
    file.write_bytes(b"a,b\n1,2\n")
    with pytest.raises(InputError, match=f"got none, and left out 1 file of a kind .*; {fix}$"):
        data.load(tmp_path / "source")
    with tarfile.open(tmp_path / "source.tar", "w") as archive:
        archive.add(file, name)
    with pytest.raises(InputError, match=f"; {fix if fix == 'add some' else 'unpack it and give one file, such as .*'}$"):
        data.load(tmp_path / "source.tar")


@pytest.mark.parametrize("split", ["train", "test"])
def test_classes_within_a_single_split(split, tmp_path):
    for name in ("cat", "cat", "dog", "dog"):
        write(tmp_path / split / name / f"{len(list(tmp_path.rglob('*.png')))}.png")
    assert data.load(tmp_path, test_fraction=0.5).class_names == ("cat", "dog")


def test_images_outside_of_the_split_folders_are_skipped(tmp_path):
    for i, place in enumerate(("train/cat", "train/dog", "test/cat", "test/dog", "docs", ".")):
        write(tmp_path / place / "a.png", GRAY // 2 + np.uint8(i))
    dataset = data.load(tmp_path)
    assert (len(dataset.train), len(dataset.test), dataset.class_names) == (2, 2, ("cat", "dog"))
    assert dataset.provenance["split"] == "as given"
    assert "left out 2 files outside of the split folders: 'a.png', 'docs/a.png'" in dataset.notes


def test_color_is_found_in_any_folder(tmp_path):
    for i in range(250):
        write(tmp_path / "a" / f"{i}.png", np.stack([GRAY] * 3, axis=-1))
        write(tmp_path / "b" / f"{i}.png", COLOR)
    assert data.load(tmp_path).event_shape[-1] == 3


def test_a_folder_of_tables_or_arrays(tmp_path, refused):
    for name in ("t.csv", "x.npy"):
        (tmp_path / name).mkdir()
        (tmp_path / name / name).write_text("a,b\n1,2\n")
        refused(tmp_path / name, f"got none, and left out 1 file of a kind that is not read ({name[1:]}): {name!r}; give one file, such as {name!r}")
