"""Splits and classes are settled by the names of folders, and what was settled is told."""

import os
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from image_files import GRAY, write

from zukan import data
from zukan.data.sources.layout import find_layout
from zukan.data.sources.roles import find_roles

PART = st.sampled_from(["train", "Test", "val", "train_images", "test_images", "cats", "Cats", "dogs", "caf\u00e9", "cafe\u0301",
                        "training_set", "test_set", "a b", "\udce9", "train_test", "x"])


@settings(deadline=None, database=None)
@given(st.lists(st.lists(PART, max_size=4), min_size=1, max_size=12))
def test_every_image_is_in_one_part_or_left_out(folders):
    names = sorted({"/".join([*parts, f"{number}.png"]) for number, parts in enumerate(folders)})
    layout = find_layout(names)
    rows = [row for part in layout.rows for row in part.tolist()]
    assert len(set(rows)) == len(rows)
    assert len(rows) + sum(group.count for group in layout.left_out) == len(names)
    assert all(len(part) for part in layout.rows)
    assert layout.classes is None or len(layout.classes) == len(names)
    for text in (*layout.notes, *([] if layout.classes is None else layout.classes)):
        text.encode("utf-8")


SPLITS = {  # the names of folders, and their roles
    ("train", "test"): ("train", "test"),
    ("Train", "val"): ("train", "val"),
    ("TRAINING", "Validation", "test"): ("train", "val", "test"),
    ("training_set", "test_set"): ("train", "test"),
    ("seg_train", "seg_test", "seg_pred"): ("train", "test", None),
    ("trainset", "testset"): ("train", "test"),
    ("train2017", "val2017"): ("train", "val"),
    ("train_images", "test_images", "labels"): ("train", "test", None),
    ("train", "test-data"): ("train", "test"),
    ("train_station", "test_tube"): (None, None),
    ("train", "test_tube"): ("train", None),
    ("trainers", "testers"): (None, None),
    ("cat", "dog"): (None, None),
    ("train_test", "test"): (None, "test"),
}


@pytest.mark.parametrize("names", SPLITS)
def test_roles(names):
    roles = find_roles(names)
    assert tuple(map(roles.get, names)) == SPLITS[names]


LAYOUTS = {  # patterns of paths for two classes: how many parts, and classes
    "{split}/{name}/{i}.png": (("train", "test"), 2),
    "outer/{split}/{name}/{i}.png": (("train", "test"), 2),
    "{split}/{split}/{name}/{i}.png": (("training_set", "test_set"), 2),
    "k/{split}/{split}/{name}/{i}.jpg": (("seg_train", "seg_test"), 2),
    "{name}/{split}/{i}.png": (("train", "test"), 2),
    "{split}/{name}/{i}.jpeg": (("Train", "val"), 2),
    "{split}/{i}-{name}.png": (("train_images", "test_images"), 0),
}


@pytest.mark.parametrize("pattern", LAYOUTS)
def test_layouts(pattern):
    splits, classes = LAYOUTS[pattern]
    names = sorted(pattern.format(split=split, name=name, i=i) for split, n in zip(splits, (3, 2), strict=True)
                   for name in ("cats", "dogs") for i in range(n))
    layout = find_layout(names)
    train, test = layout.rows
    assert (len(train), len(test)) == (6, 4)
    assert all(f"{splits[1]}/" in names[row] for row in test)
    assert (set() if layout.classes is None else set(layout.classes)) == ({"cats", "dogs"} if classes else set())
    assert layout.left_out == ()
    is_plain = {split.lower() for split in splits} <= {"train", "test", "val"} and not pattern.startswith("{name}")
    told = f"folders that are read as splits: {splits[1]!r} as test items, {splits[0]!r} as training items"
    assert layout.notes == (() if is_plain else (told,))


def test_classes_that_only_look_like_splits():
    layout = find_layout([f"{name}/{i}.png" for name in ("train_station", "test_tube") for i in range(3)])
    assert len(layout.rows) == 1
    assert set(layout.classes) == {"train_station", "test_tube"}


def test_folders_without_training_items_are_told():
    layout = find_layout([f"{split}/{name}/{i}.png" for split in ("test", "val") for name in "ab" for i in range(2)])
    assert len(layout.rows) == 1
    assert set(layout.classes) == {"a", "b"}
    assert layout.notes == ("no folder holds training items, so the images in 'test', 'val' are put together and split anew",)


def test_folders_inside_classes_are_told():
    layout = find_layout([f"{name}/{inner}/{i}.png" for name in ("a", "b") for inner in ("x", "y") for i in range(2)])
    assert set(layout.classes) == {"a", "b"}
    assert layout.notes == ("classes are the outer folders; the folders inside them are not used: a/x, a/y, b/x, …",)


def test_names_of_classes_are_normalized(tmp_path):
    for i in range(4):
        for split, form in (("train", "NFC"), ("test", "NFD")):
            write(tmp_path / split / unicodedata.normalize(form, "Café") / f"{i}.png", GRAY)
            write(tmp_path / split / "tea" / f"{i}.png", GRAY)
    dataset = data.load(tmp_path)
    assert dataset.class_names == ("Café", "tea")
    assert set(dataset.test.y) == {0, 1}


def test_names_that_differ_by_case_are_told():
    layout = find_layout([f"{name}/{i}.png" for name in ("Cat", "cat", "dog") for i in range(2)])
    assert layout.notes == ("the classes 'Cat' and 'cat' differ by case alone; rename one if they are the same",)


def test_bytes_in_names_that_are_no_text_are_escaped(tmp_path):
    for name in (b"caf\xe9", b"tea"):
        for i in range(3):
            write(tmp_path / os.fsdecode(name) / f"{i}.png", GRAY)
    split, classes, notes, *_ = data.items(tmp_path)
    assert classes == ("caf\\xe9", "tea")
    assert split.names[0] == "caf\\xe9/0.png"
    for text in (*classes, *split.names, *notes):
        text.encode("utf-8")
