"""The built-in set of shapes, and the factors of arrays."""

import numpy as np
import pytest

from zukan import data
from zukan.checks import InputError
from zukan.data.sources import shapes

X = np.linspace(0, 1, 12 * 4).reshape(12, 2, 2)
FACTORS = np.stack([np.arange(12) % 3, np.arange(12) // 3], axis=1)


@pytest.fixture(scope="module")
def dataset():
    return data.load("shapes")


def picture(dataset, **values):
    """Return the image with these factors, of whichever split."""
    for split in (dataset.train, dataset.test):
        rows = np.flatnonzero(np.all([split.factors[name] == value for name, value in values.items()], axis=0))
        if len(rows):
            (row,) = rows
            return split.x[row, ..., 0]
    raise AssertionError(values)


def test_the_set_is_the_same_everywhere(dataset):
    assert dataset.provenance["sha256"] == "cf2fb3fbe94fe417a6da517e80195c8044d8fb1946eb4fc2a679d75cee620524"
    assert repr(dataset) == "Dataset('shapes', 32000 train + 6400 test, event_shape=(32, 32, 1), values 0 to 1, 3 classes)"
    assert dataset.class_names == ("ellipse", "heart", "square")


def test_no_rounding_decides_a_pixel():
    down, right = np.indices((17, 17)) - np.reshape(shapes._CENTER, (2, 1, 1))
    for angle in np.pi / 2 * np.arange(shapes.ANGLES) / shapes.ANGLES:
        u, v = (np.array([[np.cos(angle), -np.sin(angle)], [-np.sin(angle), -np.cos(angle)]]) @ [right.ravel(), down.ravel()])
        for inside in shapes.SHAPES.values():
            for radius in shapes.RADII:
                first = inside(u / radius, v / radius)
                assert all((first == inside(u / (radius * scale), v / (radius * scale))).all() for scale in (1 - 1e-9, 1 + 1e-9))


def test_every_combination_of_factors_has_one_image_and_no_two_are_equal():
    part = shapes.read().parts[0]
    sizes = tuple(shapes.FACTORS.values())
    flat = np.ravel_multi_index(tuple(part.factors.values()), sizes)
    np.testing.assert_array_equal(np.sort(flat), np.arange(np.prod(sizes)))
    bits = np.packbits(part.x.reshape(len(part.x), -1), axis=1)
    assert len(np.unique(bits, axis=0)) == len(part.x)


def test_factors_move_turn_and_grow_the_shape(dataset):
    base = {"shape": 2, "scale": 1, "orientation": 0, "x": 4, "y": 5}
    image = picture(dataset, **base)
    np.testing.assert_array_equal(picture(dataset, **{**base, "x": 7}), np.roll(image, 3, axis=1))
    np.testing.assert_array_equal(picture(dataset, **{**base, "y": 7}), np.roll(image, 2, axis=0))
    areas = [picture(dataset, **{**base, "scale": scale}).sum() for scale in range(5)]
    assert areas == sorted(areas)
    wide = picture(dataset, **{**base, "shape": 0, "scale": 4})
    high = picture(dataset, **{**base, "shape": 0, "scale": 4, "orientation": 9})
    assert np.ptp(np.nonzero(wide)[1]) == np.ptp(np.nonzero(high)[0]) > np.ptp(np.nonzero(high)[1])


def test_labels_are_the_shapes(dataset):
    for split in (dataset.train, dataset.test):
        np.testing.assert_array_equal(split.y, split.factors["shape"])


@pytest.mark.parametrize("arrays", [
    {"x": X, "factors": FACTORS, "factor_names": np.array(["a", "b"])},
    {"x_train": X[:8], "factors_train": FACTORS[:8], "x_test": X[8:], "factors_test": FACTORS[8:].astype(np.uint8)},
    {"images": X, "factors": FACTORS},
], ids=["one part", "two parts", "any name"])
def test_factors_of_arrays_travel_with_their_items(arrays, tmp_path):
    np.savez(tmp_path / "f.npz", **arrays)
    names = ["a", "b"] if "factor_names" in arrays else ["factor 1", "factor 2"]
    loaded, streamed = (data.load(tmp_path / "f.npz", memory=memory) for memory in (1, 1e-9))
    again = data.load(data.collect(arrays).arrays)
    for dataset in (loaded, streamed, again):
        for split in (dataset.train, dataset.test):
            assert list(split.factors) == names
            rows = [int(np.flatnonzero((np.float32(X) == x[..., 0]).all((1, 2)))[0]) for x in split.x[:]]
            np.testing.assert_array_equal(np.stack(list(split.factors.values()), axis=1), FACTORS[rows])
    everything = data.items(arrays).split.factors
    np.testing.assert_array_equal(np.stack(list(everything.values()), axis=1), FACTORS)


def test_factors_are_part_of_the_fingerprint():
    one, other, none = ({"x": X, "factors": FACTORS}, {"x": X, "factors": FACTORS[::-1]}, {"x": X})
    assert len({data.load(arrays).provenance["sha256"] for arrays in (one, other, none)}) == 3


def test_an_array_that_is_alone_is_the_items_whatever_its_name():
    assert data.load({"factors": X}).event_shape == (2, 2, 1)


@pytest.mark.parametrize(("change", "message"), [
    ({"factors": FACTORS[:5]}, r"factors must hold whole numbers of shape \(n, k\), a row for each of 12 items, got .*\(5, 2\)"),
    ({"factors": FACTORS / 2}, "factors must hold whole numbers"),
    ({"factors": FACTORS[:, 0]}, "factors must hold whole numbers"),
    ({"factor_names": np.array(["a", "a"])}, "factor_names must hold a different text for each of 2 factors"),
    ({"factor_names": np.array(["a"])}, "factor_names must hold a different text for each of 2 factors"),
])
def test_factors_that_do_not_fit_are_refused(change, message):
    with pytest.raises(InputError, match=message):
        data.load({"x": X, "factors": FACTORS, **change})
