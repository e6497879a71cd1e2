"""The random split into training and test items."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from zukan import checks

RowNumbers = npt.NDArray[np.intp]


def hold_out(n: int, fraction: float, seed: int, y: npt.NDArray[Any] | None = None) -> tuple[RowNumbers, RowNumbers]:
    """Return the row numbers of the training items and of the test items, both ascending.

    The same arguments give the same split on every machine.

    Parameters
    ----------
    n : int
        Number of items, at least 2.
    fraction : float
        Share of the test items, above 0 and below 1. At least one item is held out, and at least one is not.
    seed : int
    y : array of shape (n,), optional
        Labels. If given, the same share of every class is held out.
    """
    if n < 2:
        raise checks.InputError(
            f"source must hold at least 2 items to be split, got {n}; give more, or give x_test too")
    # Raw bits: NumPy promises to keep this stream in later versions, but not the stream of permutation().
    order = np.argsort(np.random.PCG64(seed).random_raw(n), kind="stable")
    count = min(max(round(n * fraction), 1), n - 1)
    if y is not None:
        _, classes, sizes = np.unique(y[order], return_inverse=True, return_counts=True)
        rank = np.empty(n)  # the place of an item within its class, from 0 to 1
        for number, size in enumerate(sizes):
            rank[classes == number] = (np.arange(size) + 0.5) / size
        order = order[np.argsort(rank, kind="stable")]
    return np.sort(order[count:]), np.sort(order[:count])
