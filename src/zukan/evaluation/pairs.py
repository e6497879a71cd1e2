"""Two items that show what lies between them."""

from __future__ import annotations

import numpy as np

APART = (0.05, 0.95)  # quantiles along the direction in which the codes vary most: far apart, but no outliers


def unlike_pair(y: np.ndarray | None, z: np.ndarray) -> tuple[int, int] | None:
    """Return two items of different classes or, if there is one class or none, two items whose codes are far apart.

    Parameters
    ----------
    y : array, shape (n,), optional
        The class of each item. The pair is the first item and the first item of another class.
    z : array, shape (n, latent_dim)
        Codes.

    Returns
    -------
    (int, int) or None
        Positions; None if there is one item.
    """
    if len(z) < 2:
        return None
    others = np.flatnonzero(y != y[0]) if y is not None else np.array([], int)
    if len(others):
        return 0, int(others[0])
    centered = z - z.mean(axis=0)
    along = centered @ np.linalg.svd(centered, full_matrices=False)[2][0]
    order = np.argsort(along, kind="stable")
    first, second = (int(order[round(share * (len(z) - 1))]) for share in APART)
    return (first, second) if second != first else (first, int(order[-1]))
