"""Arrays in memory: mappings, pairs, single arrays, and the names that arrays may have."""

import numpy as np
import pytest
from split_arrays import FLOAT, FULL, NAN, X, Y, check_full

from zukan import data


def test_mapping_and_keras_pairs():
    check_full(data.load(FULL))
    check_full(data.load(((X[:8], Y[:8]), (X[8:], Y[8:]))))


@pytest.mark.parametrize("name", ["x", "x_train", "latents"])
def test_single_array_of_any_name(name):
    expected = data.load(X)
    assert (len(expected.train), len(expected.test)) == (10, 2)
    assert expected.train.y is None
    assert "without labels" in repr(expected)
    assert repr(expected.test) == "Split(x=float32 (2, 4, 3, 1), y=None)"
    dataset = data.load({name: X})
    np.testing.assert_array_equal(dataset.train.x, expected.train.x)
    assert dataset.provenance["sha256"] == expected.provenance["sha256"]


def test_labels_of_one_split_only_and_none_in_a_mapping():
    dataset = data.load({**FULL, "y_test": None})
    assert dataset.test.y is None
    assert dataset.train.y.tolist() == Y[:8].tolist()
    assert data.load((X, None)).train.y is None


class Wrapped:
    def __array__(self, dtype=None, copy=None):
        return X


def test_array_likes_and_lists():
    assert data.load([[0.0, 1.0], [0.5, 0.5]]).event_shape == (2,)
    assert data.load(Wrapped()).event_shape == (4, 3, 1)


def test_other_arrays_are_ignored_and_reported():
    dataset = data.load({**FULL, "ids": np.arange(12), "notes": np.array(["a"])})
    check_full(dataset)
    assert dataset.notes == ("left out 2 arrays of other names: 'ids', 'notes'",)


def test_collected_arrays_load_like_their_source():
    for source in ((X, Y), FULL, {"x": np.ones((4, 2)), "columns": np.array(["a", "b"])}):
        arrays, _, account = data.collect(source)
        assert account.left_out == ()
        assert data.load(arrays).provenance == data.load(source).provenance
        assert data.load(arrays).columns == data.load(source).columns


@pytest.mark.parametrize(("arrays", "words"), [
    ({}, ("x_train", "nothing")),
    ({"x": None}, ("nothing",)),
    ({"a": FLOAT, "b": FLOAT}, ("x_train", "a, b", "rename")),
    ({f"a{i}": FLOAT for i in range(12)}, ("a7, …",)),
    ({"x_train": FLOAT, "y_test": [1] * 4}, ("x_train, y_test",)),
    ({"x_test": FLOAT, "y_train": [1] * 4}, ("x_test, y_train",)),
    ({"x_train": FLOAT, "x_test": FLOAT, "x": FLOAT}, ("x_train, x_test, x",)),
    ({"x_train": FLOAT, "x_test": FLOAT[:, :2]}, ("x_test", "(2,) and (3,)")),
    ({"x_train": FLOAT, "x_test": FLOAT.astype(np.uint8)}, ("x_test", "uint8 and float32")),
    ({"x_train": FLOAT, "x_test": FLOAT, "y_test": [1]}, ("y_test", "x_test", "1 labels for 4 items")),
    ({"x_train": FLOAT, "x_test": NAN}, ("x_test must hold finite",)),
    ({"x_train": FLOAT, "y_train": [1] * 4, "x_test": FLOAT, "y_test": ["a"] * 4},
     ("y_train and y_test must both be text", "int64 and <U1")),
])
def test_wrong_names_and_arrays_that_do_not_match(refused, arrays, words):
    refused(arrays, *words)
