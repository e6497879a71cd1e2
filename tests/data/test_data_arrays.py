"""Scaling, shapes, labels and the split, as properties."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from zukan import data
from zukan.data.splitting import hold_out

SHAPES = hnp.array_shapes(min_dims=2, max_dims=4, min_side=2, max_side=5)


@given(hnp.arrays(np.uint8, SHAPES))
@settings(deadline=None, max_examples=50)
def test_uint8_is_divided_by_255(x):
    dataset = data.load({"x_train": x, "x_test": x})
    assert dataset.train.x.dtype == np.float32
    assert 0 <= dataset.value_range[0] <= dataset.value_range[1] <= 1
    np.testing.assert_allclose(dataset.train.x.reshape(x.shape) * 255, x, atol=1e-4)
    assert dataset.train.x.min() == dataset.value_range[0]
    assert dataset.train.x.max() == dataset.value_range[1]


def test_uint8_extremes_are_exact():
    assert data.load(np.array([[0, 255]] * 2, np.uint8)).value_range == (0.0, 1.0)


@given(st.sampled_from([np.float16, np.float32, np.float64, ">f4", np.longdouble]), SHAPES, st.data())
@settings(deadline=None, max_examples=50)
def test_floats_keep_their_values(dtype, shape, drawn):
    x = drawn.draw(hnp.arrays(np.float16, shape, elements=st.floats(-1e4, 1e4, width=16))).astype(dtype)
    dataset = data.load({"x_train": x, "x_test": x})
    assert dataset.train.x.dtype == np.float32
    np.testing.assert_array_equal(dataset.train.x.reshape(shape), x)
    assert dataset.value_range == (x.min(), x.max())
    assert dataset.provenance["scaling"] == "none"


def test_value_range_covers_both_splits():
    low, high = np.full((2, 3), -2.0), np.full((2, 3), 7.0)
    assert data.load({"x_train": low, "x_test": high}).value_range == (-2.0, 7.0)
    assert data.load({"x_train": high, "x_test": low}).value_range == (-2.0, 7.0)


def test_bool_becomes_0_and_1():
    dataset = data.load(np.array([[True, False], [False, False]]))
    assert dataset.train.x.dtype == np.float32
    assert dataset.value_range == (0.0, 1.0)
    assert dataset.provenance["scaling"] == "bool as 0 and 1"


@pytest.mark.parametrize(("shape", "event"), [
    ((4, 7), (7,)), ((4, 5, 3), (5, 3, 1)), ((4, 5, 3, 2), (5, 3, 2))])
def test_event_shapes(shape, event):
    dataset = data.load(np.zeros(shape, np.float32))
    assert dataset.event_shape == dataset.train.x.shape[1:] == dataset.test.x.shape[1:] == event


def test_split_float32_is_not_copied():
    x = np.zeros((3, 2), np.float32)
    assert np.shares_memory(data.load({"x_train": x, "x_test": x}).train.x, x)


@given(st.integers(2, 300), st.floats(0.001, 0.999), st.integers(0, 2**40))
@settings(deadline=None)
def test_split_is_a_partition(n, fraction, seed):
    rows = hold_out(n, fraction, seed)
    train, test = rows["train"].tolist(), rows["test"].tolist()
    assert sorted(train + test) == list(range(n))
    assert train == sorted(train)
    assert test == sorted(test)
    assert 1 <= len(test) <= n - 1
    assert abs(len(test) - fraction * n) <= 1
    again = hold_out(n, fraction, seed)
    assert again["test"].tolist() == test


def test_split_by_seed_is_fixed_for_ever():
    assert hold_out(12, 0.25, 0)["test"].tolist() == [2, 3, 11]
    assert hold_out(12, 0.25, 1)["test"].tolist() == [2, 4, 9]


def test_every_item_is_held_out_equally_often():
    counts = np.zeros(10)
    for seed in range(400):
        counts[hold_out(10, 0.3, seed)["test"]] += 1
    assert np.all(np.abs(counts - 120) < 46)  # five standard deviations of a binomial (400, 0.3)


def test_items_and_labels_stay_together():
    n = 40
    x = np.arange(n, dtype=np.float32)[:, None] * np.ones((1, 2), np.float32)
    for seed in range(3):
        dataset = data.load((x, np.arange(n)), test_fraction=0.3, seed=seed)
        assert len(dataset.test) == 12
        for split in (dataset.train, dataset.test):
            np.testing.assert_array_equal(split.x[:, 0], split.y)
    assert not np.array_equal(data.load(x, seed=0).test.x, data.load(x, seed=1).test.x)


@pytest.mark.parametrize("convert", [np.asarray, lambda y: y.astype("S"), lambda y: y[:, None]])
def test_text_labels_are_numbered_by_sorted_name(convert):
    x = np.zeros((3, 2), np.float32)
    train, test = np.array(["dog", "cat", "dog"]), np.array(["ant", "dog", "elk"])
    dataset = data.load(((x, convert(train)), (x, convert(test))))
    assert dataset.class_names == ("ant", "cat", "dog", "elk")
    assert dataset.train.y.tolist() == [2, 1, 2]
    assert dataset.test.y.tolist() == [0, 2, 3]
    assert dataset.train.y.dtype == np.int64


def test_byte_labels_that_are_not_utf8_stay_apart():
    dataset = data.load((np.zeros((4, 2), np.float32), np.array([b"\xff", b"\xfe", "é".encode(), b"a"])))
    assert dataset.class_names == ("\\xfe", "\\xff", "a", "é")


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int32, np.uint64, np.bool_])
def test_whole_number_labels_become_int64(dtype):
    x = np.zeros((2, 2))
    dataset = data.load({"x_train": x, "y_train": np.array([1, 0], dtype), "x_test": x})
    assert dataset.train.y.dtype == np.int64
    assert dataset.train.y.tolist() == [1, 0]
    assert dataset.class_names is None


def test_a_dataset_cannot_be_changed_and_is_equal_to_itself():
    dataset = data.load(np.zeros((2, 2)))
    with pytest.raises(dataclasses.FrozenInstanceError):
        dataset.name = "other"
    with pytest.raises(dataclasses.FrozenInstanceError):
        dataset.train.x = None
    assert dataset == dataset  # noqa: PLR0124  # field-wise equality of arrays would raise
    assert hash(dataset)
