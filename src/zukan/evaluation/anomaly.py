"""From scores to a decision: a threshold, and p-values, calibrated on items that were held out."""

from __future__ import annotations

import math

import numpy as np

from zukan import checks


def threshold(held_out: np.ndarray, quantile: float = 0.99) -> float:
    """Return the score that a new item of the same kind stays below or at with a chance of at least ``quantile``.

    The ceil((n + 1) quantile)-th smallest of the held-out scores, which holds for any distribution and any n
    (split conformal prediction, arXiv:2107.07511, section 1).

    Parameters
    ----------
    held_out : array, shape (n,)
        Scores of items that were not trained on; higher is stranger.
    quantile : float
        Above 0 and below 1.

    Raises
    ------
    zukan.InputError
        When so few were held out that no score is that rare.
    """
    share, n = checks.number("quantile", quantile, above=0.0), len(held_out)
    rank = math.ceil((n + 1) * share - 1e-9)
    if share >= 1 or rank > n:
        raise checks.InputError(
            f"quantile must be at most {n / (n + 1):.4g} with {n:,} held-out items, got {share:g}; "
            "hold out more, or take a smaller one")
    return float(np.sort(held_out)[rank - 1])


def p_values(scores: np.ndarray, held_out: np.ndarray) -> np.ndarray:
    """Return for each score the share of the held-out ones, itself counted in, that are at least as high.

    For an item of the same kind it is at most ``p`` with a chance of at most ``p`` (doi:10.1007/b106715, section 4.2).
    """
    at_least = len(held_out) - np.searchsorted(np.sort(held_out), scores, side="left")
    return (1 + at_least) / (1 + len(held_out))
