"""Scaling and shapes, as properties."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from zukan import data
from zukan.data.options import CHANNELS

# Items whose first axis may count channels are turned; see test_sources_doors.py.
SHAPES = hnp.array_shapes(min_dims=2, max_dims=4, min_side=2, max_side=5).filter(
    lambda shape: len(shape) < 4 or shape[1] not in CHANNELS)


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


def test_float32_of_a_split_source_is_not_copied():
    x = np.zeros((3, 2), np.float32)
    assert np.shares_memory(data.load({"x_train": x, "x_test": x}).train.x, x)
