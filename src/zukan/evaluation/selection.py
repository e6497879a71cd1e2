"""Which items to show."""

from __future__ import annotations

import numpy as np


def few_of_each(y: np.ndarray | None, count: int, n: int) -> np.ndarray:
    """Return the positions of up to ``count`` of ``n`` items in their order, with as few as possible of each class.

    They are the first ones such that no class has more than it needs: with ten classes and ten items, one of each.

    Parameters
    ----------
    y : array, shape (n,), optional
        The class of each item; without classes, the first items are returned.
    """
    if y is None:
        return np.arange(min(count, n))
    order = np.argsort(y, kind="stable")
    _, starts, sizes = np.unique(y[order], return_index=True, return_counts=True)
    rank = np.empty(n, np.int64)  # how many items of its class come before each item
    rank[order] = np.arange(n) - np.repeat(starts, sizes)
    return np.sort(np.argsort(rank, kind="stable")[:count])
