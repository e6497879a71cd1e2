"""Real images beside generated ones, by all distances."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from zukan.evaluation.generation.frechet import frechet
from zukan.evaluation.generation.neighbors import WIDE, neighbors, radii

FEWEST = WIDE + 1


def compare(real: np.ndarray, others: Mapping[str, np.ndarray]) -> dict[str, dict[str, float]]:
    """Return the Fréchet distance and the results of `neighbors` between real items and each of several other sets.

    Parameters
    ----------
    real : array, shape (n, features)
        Features of at least 6 items.
    others : mapping of str to array of shape (n, features)
        As many items each, since all of these numbers depend on how many there are.
    """
    balls = radii(real)
    return {name: {"frechet": frechet(real, features), **neighbors(real, features, balls)}
            for name, features in others.items()}
