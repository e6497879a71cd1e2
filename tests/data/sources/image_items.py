"""Ten small images with labels, and the arrays of a source."""

import numpy as np

from zukan import data

X = np.random.default_rng(0).integers(0, 256, (10, 5, 6, 3), dtype=np.uint8)
Y = np.arange(10) % 3


def arrays(source):
    """Return the arrays of a source by name."""
    return data.collect(source).arrays
