"""Precision, recall, density and coverage of generated items, by balls around their nearest neighbors."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from zukan import progress

NEAR, WIDE = 3, 5  # neighbors: of precision and recall in arXiv:1904.06991, of density and coverage in arXiv:2002.09797
AT_ONCE = 1024


def neighbors(real: np.ndarray, generated: np.ndarray, balls: np.ndarray | None = None) -> dict[str, float]:
    """Return how far generated items lie among real ones, and real ones among generated ones.

    The ball of an item reaches to its k-th nearest neighbor in its own set, itself not counted.

    Parameters
    ----------
    real, generated : arrays, shapes (n, features) and (m, features)
        Features of the items; more than 5 of each.
    balls : array, shape (2, n), optional
        ``radii(real)``, if it is known already.

    Returns
    -------
    dict
        - ``precision``: share of the generated items that lie in the ball of a real one, with k = 3. ``recall``:
          the same with real and generated exchanged (arXiv:1904.06991).
        - ``density``: number of balls of real items in which a generated one lies, on average, divided by k = 5; it
          may exceed 1. ``coverage``: share of the real items in whose ball a generated one lies (arXiv:2002.09797).
    """
    real, generated = real.astype(np.float64), generated.astype(np.float64)
    near, wide = radii(real) if balls is None else balls
    reach, _ = radii(generated)
    is_precise = np.zeros(len(generated), bool)
    recalled = covered = inside = 0
    for piece in _pieces("Comparing items", len(real)):
        distances = squared_distances(real[piece], generated)
        is_precise |= (distances <= near[piece, None]).any(axis=0)
        recalled += int((distances <= reach).any(axis=1).sum())
        is_inside = distances <= wide[piece, None]
        inside += int(is_inside.sum())
        covered += int(is_inside.any(axis=1).sum())
    return {"precision": float(is_precise.mean()), "recall": recalled / len(real),
            "density": inside / WIDE / len(generated), "coverage": covered / len(real)}


def radii(x: np.ndarray) -> np.ndarray:
    """Return the squared distances of each item to its 3rd and its 5th nearest neighbor, shape (2, n)."""
    x = x.astype(np.float64)
    result = np.empty((2, len(x)))
    for piece in _pieces("Finding neighbors", len(x)):
        distances = squared_distances(x[piece], x)
        rows = np.arange(len(distances))
        distances[rows, rows + piece.start] = np.inf  # the item itself
        result[:, piece] = np.partition(distances, (NEAR - 1, WIDE - 1), axis=1)[:, [NEAR - 1, WIDE - 1]].T
    return result


def squared_distances(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return the squared distance of each row of ``a`` to each row of ``b``, shape (n, m)."""
    squares = np.square(a).sum(axis=1)[:, None] + np.square(b).sum(axis=1)
    return np.maximum(squares - 2.0 * (a @ b.T), 0.0)


def _pieces(what: str, count: int) -> Iterator[slice]:
    pieces = [slice(start, min(start + AT_ONCE, count)) for start in range(0, count, AT_ONCE)]
    return progress.steps(what, pieces, count, lambda piece: piece.stop - piece.start)
