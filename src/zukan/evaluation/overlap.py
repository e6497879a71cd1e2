"""How often two classes are confused with each other."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt


class Overlap(NamedTuple):
    """Two classes and the share of their items that is assigned to the other class."""

    a: int
    b: int
    share: float


def overlaps(confusion: npt.ArrayLike) -> list[Overlap]:
    """Return the overlap of each pair of classes, the largest first.

    Parameters
    ----------
    confusion : array of int, shape (k, k)
        Counts, with the true class by row and the predicted class by column.
    """
    counts = np.array(confusion)
    sizes = counts.sum(axis=1)
    share = (counts + counts.T) / np.maximum(sizes[:, None] + sizes, 1)
    pairs = [Overlap(a, b, float(share[a, b])) for b in range(len(counts)) for a in range(b)]
    return sorted(pairs, key=lambda pair: -pair.share)
