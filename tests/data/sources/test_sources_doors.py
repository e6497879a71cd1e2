"""The same items through every door give the same tensors, checks, notes and refusals as an array."""

import re

import numpy as np
import pytest
from doors import ARRAYS, NUMBERED, PICTURES, WITHOUT_LABELS
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from zukan import data
from zukan.checks import InputError

DOORS = {**ARRAYS, **PICTURES}
FEW = settings(max_examples=8, deadline=None, database=None, suppress_health_check=list(HealthCheck))


def labels(n):
    return np.sort(np.array(["ant", "bee", "cat"])[np.arange(n) % 3])


def assert_same(door, x, y, folder):
    """Assert that a door gives what the array gives, apart from the sentence on the conversion of images."""
    expected = data.load(x if door in WITHOUT_LABELS else (x, y))
    dataset = data.load(DOORS[door](x, y, folder))
    for split, wanted in ((dataset.train, expected.train), (dataset.test, expected.test)):
        np.testing.assert_array_equal(split.x, wanted.x, strict=True)
        np.testing.assert_array_equal(split.rows, wanted.rows)
        assert (split.y is None) == (wanted.y is None)
        if wanted.y is not None:
            np.testing.assert_array_equal(split.y, wanted.y)
    assert dataset.class_names == (None if door in NUMBERED else expected.class_names)
    assert (dataset.value_range, dataset.scaling.text) == (expected.value_range, expected.scaling.text)
    assert dataset.provenance["split"] == expected.provenance["split"]
    assert [note for note in dataset.notes if "images of" not in note] == list(expected.notes)
    assert dataset.account.read == expected.account.read
    assert dataset.account.left_out == expected.account.left_out == ()


@pytest.mark.parametrize("door", DOORS)
def test_pictures(door, tmp_path_factory):
    @FEW
    @given(st.integers(6, 13), st.integers(2, 9), st.integers(5, 9), st.sampled_from([1, 3]), st.integers(0, 99))
    def check(n, height, width, channels, seed):
        x = np.random.default_rng(seed).integers(0, 256, (n, height, width, channels), dtype=np.uint8)
        assert_same(door, x, labels(n), tmp_path_factory.mktemp("door"))

    check()


@pytest.mark.parametrize("door", ARRAYS)
@pytest.mark.parametrize("shape", [(12, 4), (12, 5, 6), (12, 3, 8, 9), (12, 1, 7, 5), (12, 4, 5, 2), (12, 3, 4, 3)], ids=str)
@pytest.mark.parametrize("dtype", ["uint8", "float32", "float64", "bool"])
def test_arrays(door, shape, dtype, tmp_path):
    values = np.random.default_rng(0).random(shape)
    x = (values * 255).astype(dtype) if dtype == "uint8" else values > 0.5 if dtype == "bool" else values.astype(dtype)
    assert_same(door, x, labels(12), tmp_path)


def refusal(source, **options):
    with pytest.raises(InputError) as caught:
        data.load(source, **options)
    return re.sub(r"^\S+( in \S+)? must", "x must", str(caught.value))


WRONG = {
    "not finite": np.where(np.arange(48).reshape(12, 4) == 9, np.nan, 1.0),
    "infinite": np.where(np.arange(48).reshape(12, 4) == 9, np.inf, 1.0),
    "whole numbers": np.arange(48).reshape(12, 4),
    "too many axes": np.ones((12, 2, 2, 2, 2)),
}


@pytest.mark.parametrize("door", ARRAYS)
@pytest.mark.parametrize("case", WRONG)
def test_refusals(door, case, tmp_path):
    assert refusal(DOORS[door](WRONG[case], labels(12), tmp_path)) == refusal({"x": WRONG[case]})


@pytest.mark.parametrize("door", sorted({"array", "list", "mapping", "pair", "nested lists", "iterator", "generator", "Keras"}))
@pytest.mark.parametrize("dtype", ["float32", "uint8"])
def test_masked_values_are_refused_or_missing(door, dtype, tmp_path):
    x = np.ma.masked_equal(np.arange(48, dtype=dtype).reshape(12, 4) % 47, 9)
    make = lambda items: DOORS[door](items, labels(12), tmp_path)  # noqa: E731 an iterator can be read only once
    message = refusal(make(x))
    assert "x must hold a value everywhere, but 1 of 48 values are masked; fill them with x.filled(...), or drop" in message
    if dtype == "float32":
        (split, *_), (expected, *_) = (data.items(make(items), missing=True) for items in (x, x.filled(np.nan)))
        np.testing.assert_array_equal(split.x, expected.x)
        assert np.isnan(split.x).sum() == 1
    else:
        assert refusal(make(x), missing=True) == message
    unmasked = np.ma.masked_array(x.data, mask=False)
    np.testing.assert_array_equal(data.items(make(unmasked))[0].x, data.items(x.data)[0].x)


def modes():
    """Return pictures by their mode."""
    red = np.full((8, 10, 3), (200, 30, 30), np.uint8)
    red[4:] = (10, 200, 10)
    color, clear = Image.fromarray(red), Image.fromarray(red).convert("RGBA")
    clear.putpixel((0, 0), (9, 9, 9, 0))
    lying = Image.fromarray(np.repeat(np.uint8([[255], [0]]), 40, axis=0).repeat(40, axis=1))
    lying.getexif()[0x0112] = 6
    return {"palette": color.quantize(4), "CMYK": color.convert("CMYK"), "RGBA": clear, "gray": color.convert("L"),
            "gray as color": color.convert("L").convert("RGB"), "one bit": color.convert("1"), "LA": clear.convert("LA"),
            "lying": lying, "16 bits": Image.fromarray(red[..., 0].astype(np.uint16) * 257)}


@pytest.mark.parametrize("mode", modes())
def test_pictures_of_any_mode_are_read_like_files(mode, tmp_path):
    image = modes()[mode]
    for i in range(6):
        image.save(tmp_path / f"{i}.tif", exif=image.getexif()) if mode == "CMYK" else image.save(
            tmp_path / f"{i}.png", exif=image.getexif())
    expected = data.load(tmp_path)
    assert expected.event_shape[:2] == (image.size if mode == "lying" else image.size[::-1])
    for source in ([image] * 6, {"x": [image] * 6}, {"x_train": [image] * 5, "x_test": [image]}, iter([image] * 6),
                   np.array([*[image] * 6, None], object)[:6]):
        dataset = data.load(source)
        np.testing.assert_array_equal(dataset.test.x, expected.test.x)
        np.testing.assert_array_equal(dataset.train.x[0], expected.train.x[0])
        assert dataset.notes == expected.notes


def test_pictures_of_two_splits_get_one_shape():
    small, large = Image.new("L", (4, 4)), Image.new("RGB", (6, 6), "red")
    dataset = data.load({"x_train": [small] * 5, "x_test": [large, small]})
    assert dataset.train.x.shape == (5, 4, 4, 3)
    assert dataset.test.x.shape == (2, 4, 4, 3)


@pytest.mark.parametrize("source", [lambda image: [image, image, image, None], lambda image: iter([image, image, image, None]),
                                    lambda image: iter([{"image": image}] * 3 + [{"image": None}])])
def test_an_item_without_an_image(source):
    with pytest.raises(InputError, match="source must have an image in every item, but item 3 has no image; leave it out"):
        data.load(source(Image.new("L", (4, 4))))


def test_pictures_beside_arrays_are_refused():
    image = Image.new("P", (4, 4))
    with pytest.raises(InputError, match="source must hold PIL images only, or none, got an array of shape"):
        data.load([image, np.zeros((4, 4), np.uint8)])


@pytest.mark.parametrize("memory", [None, 1e-9])
@pytest.mark.parametrize("kind", ["npy", "npz"])
def test_channels_first_larger_than_memory(kind, memory, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    x = np.random.default_rng(0).integers(0, 256, (60, 3, 8, 9), dtype=np.uint8)
    dataset = data.load(DOORS[kind](x, labels(60), tmp_path), memory=memory, stratify=False)
    expected = data.load(np.moveaxis(x, 1, -1), stratify=False)
    np.testing.assert_array_equal(np.asarray(dataset.train.x), expected.train.x)
    assert dataset.notes == ("items of shape (3, 8, 9) are read as (channels, height, width)",)
