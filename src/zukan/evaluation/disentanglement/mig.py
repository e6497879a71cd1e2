"""The mutual information gap: whether one latent dimension knows more about each factor than all others."""

from __future__ import annotations

import numpy as np
from sklearn.metrics import mutual_info_score

BINS = 20  # for each dimension, as in the reference implementation (arXiv:1811.12359)


def mig(codes: np.ndarray, factors: np.ndarray) -> float:
    """Return the mutual information gap, between 0 and 1 (arXiv:1802.04942).

    For each factor: its mutual information with the dimension that has most, less that with the second, divided by the
    entropy of the factor. The result is the mean over the factors. Each dimension is cut into 20 bins of one width.

    Parameters
    ----------
    codes : array, shape (n, d)
        Posterior means.
    factors : int array, shape (n, k)
        Each factor has at least two values.
    """
    information = mutual_information(codes, factors)
    entropy = np.array([mutual_info_score(factor, factor) for factor in factors.T])
    best = np.sort(np.vstack([np.zeros_like(entropy), information]), axis=0)  # of one dimension, the second best has 0
    return float(np.mean((best[-1] - best[-2]) / entropy))


def mutual_information(codes: np.ndarray, factors: np.ndarray) -> np.ndarray:
    """Return the mutual information of each dimension of ``codes`` with each factor, in nats, shape (d, k)."""
    binned = [np.digitize(code, np.histogram_bin_edges(code, BINS)[1:-1]) for code in codes.T]
    return np.array([[mutual_info_score(factor, code) for factor in factors.T] for code in binned])
