"""A small split data set with labels, and arrays of floats with and without missing values."""

import numpy as np

X = np.random.default_rng(0).integers(0, 256, (12, 4, 3), dtype=np.uint8)
Y = np.arange(12) % 3
FULL = {"x_train": X[:8], "y_train": Y[:8], "x_test": X[8:], "y_test": Y[8:]}
FLOAT = np.ones((4, 3), np.float32)
NAN = np.where(np.arange(3) < 2, FLOAT, np.float32(np.nan))


def check_full(dataset):
    np.testing.assert_array_equal(dataset.train.x, (X[:8, :, :, None] / 255).astype(np.float32))
    np.testing.assert_array_equal(dataset.test.x, (X[8:, :, :, None] / 255).astype(np.float32))
    assert dataset.train.y.tolist() == Y[:8].tolist()
    assert dataset.test.y.tolist() == Y[8:].tolist()
    assert dataset.provenance["split"] == "as given"
