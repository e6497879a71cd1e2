"""Whether near items are near on the map, and whether near points of the map are near items."""

from __future__ import annotations

from typing import Any

import numpy as np

NEIGHBORS = 15


def neighborhoods(x: np.ndarray, points: np.ndarray) -> dict[str, Any]:
    """Return the trustworthiness and the continuity of a map (doi:10.1007/3-540-44668-0_68), both between 0 and 1.

    Trustworthiness falls if points are neighbors on the map, but not in the data. Continuity falls if items are
    neighbors in the data, but not on the map. Distances are Euclidean; without any relation, both are about 0.5.

    Parameters
    ----------
    x : array, shape (n, ...)
        The items.
    points : array, shape (n, d)
        Their places on the map.

    Returns
    -------
    dict
        ``trustworthiness``, ``continuity``, and the number of ``neighbors``: 15, or as many as ``n`` allows.
    """
    from sklearn.manifold import trustworthiness  # noqa: PLC0415 slow to import

    flat = x.reshape(len(x), -1)
    k = max(1, min(NEIGHBORS, (len(x) - 1) // 2))
    return {"trustworthiness": float(trustworthiness(flat, points, n_neighbors=k)),
            "continuity": float(trustworthiness(points, flat, n_neighbors=k)), "neighbors": k}
