"""Labels are checked and numbered."""

import numpy as np
import pytest

from zukan import data


@pytest.mark.parametrize("convert", [np.asarray, lambda y: y.astype("S"), lambda y: y[:, None]])
def test_text_labels_are_numbered_by_sorted_name(convert):
    x = np.zeros((3, 2), np.float32)
    train, test = np.array(["dog", "cat", "dog"]), np.array(["ant", "dog", "elk"])
    dataset = data.load(((x, convert(train)), (x, convert(test))))
    assert dataset.class_names == ("ant", "cat", "dog", "elk")
    assert dataset.train.y.tolist() == [2, 1, 2]
    assert dataset.test.y.tolist() == [0, 2, 3]
    assert dataset.train.y.dtype == np.int64


def test_byte_labels_that_are_not_utf8_stay_different():
    dataset = data.load((np.zeros((4, 2), np.float32), np.array([b"\xff", b"\xfe", "é".encode(), b"a"])))
    assert dataset.class_names == ("\\xfe", "\\xff", "a", "é")


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int32, np.uint64, np.bool_])
def test_whole_number_labels_become_int64(dtype):
    x = np.zeros((2, 2))
    dataset = data.load({"x_train": x, "y_train": np.array([1, 0], dtype), "x_test": x})
    assert dataset.train.y.dtype == np.int64
    assert dataset.train.y.tolist() == [1, 0]
    assert dataset.class_names is None
