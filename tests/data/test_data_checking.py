"""Arrays and labels that cannot be trained on are refused."""

import numpy as np
import pytest

X = np.ones((4, 3), np.float32)
WRONG_VALUES = X.copy()
WRONG_VALUES[1, 2] = np.nan
INFINITE = np.zeros((3, 2, 2))
INFINITE[2, 0, 1] = -np.inf


@pytest.mark.parametrize(("x", "words"), [
    (np.ones((4, 3), np.int64), ("int64", "convert it to uint8 if its values are 0..255", "float32")),
    (np.ones((4, 3), np.uint16), ("uint16", "uint8")),
    (np.ones((4, 3), np.int8), ("int8", "float32")),
    (X.astype(complex), ("complex128", "float32")),
    (np.array([["a"], ["b"]]), ("<U1", "float32")),
    (np.array([[None], [1]]), ("array of numbers", "dtype object")),
    ([[1.0, 2.0], [3.0]], ("inhomogeneous", "numpy.stack")),
    (np.float32(3), ("shape ()", "first axis")),
    (np.ones(3), ("shape (3,)", "(n, d)")),
    (np.ones((1, 1, 1, 1, 1)), ("shape (1, 1, 1, 1, 1)",)),
    (np.ones((0, 3)), ("empty", "(0, 3)")),
    (np.ones((3, 0)), ("empty", "(3, 0)")),
    (WRONG_VALUES, ("finite", "nan at index (1, 2)", "affected values: 1")),
    (INFINITE, ("finite", "-inf at index (2, 0, 1)")),
    (np.full((3, 2), 1e300), ("finite float32", "1e+300 at index (0, 0)", "affected values: 6")),
    (X[:1], ("at least 2 items", "got 1", "x_test")),
])
def test_items(refused, x, words):
    refused(x, "source", *words)


@pytest.mark.parametrize(("y", "words"), [
    ([1, 2], ("y must", "2 labels for 4 items")),
    (np.eye(4), ("shape (4, 4)", "argmax")),
    (3, ("shape ()",)),
    ([0.5] * 4, ("float64", "astype")),
    ([None] * 4, ("y.astype(str)",)),
    (np.full(4, 2**63, np.uint64), ("int64", "9223372036854775808")),
])
def test_labels(refused, y, words):
    refused((X, y), "y", *words)
