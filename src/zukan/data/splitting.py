"""Which items are held out as the test set."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from zukan import checks


def hold_out(n: int, fraction: float, seed: int, y: npt.NDArray[Any] | None = None) -> dict[str, npt.NDArray[np.intp]]:
    """Return the ascending indices of the ``"train"`` and of the ``"test"`` items among ``n``.

    About ``fraction * n`` items are held out, at least one; at least one is left to train on. With labels ``y``, of
    shape (n,), about that part of each class.
    """
    if n < 2:
        raise checks.InputError(
            f"source must hold at least 2 items to be split, got {n}; give more, or give x_test too")
    # raw bits, because NumPy promises their stream for every later version, and not that of permutation()
    order = np.argsort(np.random.PCG64(seed).random_raw(n), kind="stable")
    held = min(max(round(n * fraction), 1), n - 1)
    if y is not None:
        _, classes, sizes = np.unique(y[order], return_inverse=True, return_counts=True)
        rank = np.empty(n)  # where an item stands within its class, from 0 to 1
        for number, size in enumerate(sizes):
            rank[classes == number] = (np.arange(size) + 0.5) / size
        order = order[np.argsort(rank, kind="stable")]
    return {"train": np.sort(order[held:]), "test": np.sort(order[:held])}
