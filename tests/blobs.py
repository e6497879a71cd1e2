"""Small data with something to learn in it."""

import numpy as np


def blobs(n, shape=(6,), seed=0):
    """Return data with something to learn: two groups of items around different levels of grey."""
    rng = np.random.default_rng(seed)
    levels = np.where(np.arange(n) % 2, 0.85, 0.15).reshape(-1, *[1] * len(shape))
    return np.clip(levels + 0.1 * rng.standard_normal((n, *shape)), 0, 1).astype("float32")
