"""The importance-weighted bound on log p(x), and bits per dimension."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from zukan.evaluation.averages import average


def bound(values: np.ndarray, elbo: np.ndarray) -> dict[str, float]:
    """Return the average of the importance-weighted bound (arXiv:1509.00519) and how far it is above the ELBO, in nats.

    Parameters
    ----------
    values : array, shape (n,)
        `zukan.VAE.log_likelihood` of each item.
    elbo : array, shape (n,)
        The ELBO of the same items.

    Returns
    -------
    dict
        ``bound`` and ``above_elbo``, and for each the standard error over the items. ``above_elbo`` is at most the
        average of KL(q(z|x) || p(z|x)).
    """
    return {**average("bound", values), **average("above_elbo", values.astype(np.float64) - elbo)}


def bits_per_dimension(bound: float, dimensions: int, log_volume: float = 0.0) -> float:
    """Return -log2 p(x) for each dimension.

    Parameters
    ----------
    bound : float
        Log p(x), or a bound on it, of the scaled values, in nats.
    dimensions : int
        Number of elements of x.
    log_volume : float
        The sum over the elements of the logarithm of the scaling's factor: dividing values by a factor multiplies their
        density by it. 0 for probabilities.
    """
    return (log_volume - bound) / (dimensions * math.log(2))


def log_volume(factor: Any, dimensions: int) -> float:
    """Return the sum over ``dimensions`` elements of log(factor); ``factor`` is one number, or one for each element."""
    return float(np.broadcast_to(np.log(factor), (dimensions,)).sum())
