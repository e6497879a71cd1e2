"""A small data set with two groups of items."""

import numpy as np


def blobs(n, shape=(6,), seed=0):
    """Return ``n`` items in [0, 1]: half of them dark, half of them bright, with noise."""
    rng = np.random.default_rng(seed)
    levels = np.where(np.arange(n) % 2, 0.85, 0.15).reshape(-1, *[1] * len(shape))
    return np.clip(levels + 0.1 * rng.standard_normal((n, *shape)), 0, 1).astype("float32")
