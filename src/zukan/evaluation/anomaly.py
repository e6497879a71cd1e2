"""Threshold and p-values of anomaly scores, calibrated on held-out items."""

from __future__ import annotations

import math

import numpy as np

from zukan import checks


def largest_quantile(held_out: int) -> float:
    """Return the largest quantile for which `threshold` has enough items, with ``held_out`` of them."""
    return held_out / (held_out + 1)


def threshold(held_out: np.ndarray, quantile: float = 0.99) -> float:
    """Return a threshold: a new item of the same kind scores at most this, with probability at least ``quantile``.

    It is the ceil((n + 1) quantile)-th smallest held-out score. The guarantee holds for any distribution of the
    scores and any n (split conformal prediction, arXiv:2107.07511, section 1).

    Parameters
    ----------
    held_out : array, shape (n,)
        Scores of items that the model was not trained on; a higher score is more unusual.
    quantile : float
        Above 0 and below 1.

    Raises
    ------
    zukan.InputError
        If there are too few held-out items for this quantile.
    """
    share, n = checks.number("quantile", quantile, above=0.0), len(held_out)
    rank = math.ceil((n + 1) * share - 1e-9)
    if share >= 1 or rank > n:
        raise checks.InputError(
            f"quantile must be at most {largest_quantile(n):.4g} with {n:,} held-out items, got {share:g}; "
            "hold out more items, or choose a smaller quantile")
    return float(np.sort(held_out)[rank - 1])


def p_values(scores: np.ndarray, held_out: np.ndarray) -> np.ndarray:
    """Return the p-value of each score: (1 + number of held-out scores that are at least as high) / (1 + n).

    For an item of the same kind, it is at most ``p`` with probability at most ``p`` (doi:10.1007/b106715,
    section 4.2).
    """
    at_least = len(held_out) - np.searchsorted(np.sort(held_out), scores, side="left")
    return (1 + at_least) / (1 + len(held_out))
