"""Separated attribute predictability: whether one latent dimension predicts each factor better than all others."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from sklearn.metrics import balanced_accuracy_score
from sklearn.tree import DecisionTreeClassifier


def sap(codes: np.ndarray, factors: np.ndarray, classes: Collection[int] = ()) -> float:
    """Return the SAP score, between 0 and 1 (arXiv:1711.00848).

    For each factor: how well the best dimension predicts it, less how well the second does; then the mean over the
    factors. A factor with an order is predicted by a line, and the squared correlation is counted. A factor of classes
    is predicted by thresholds, and the balanced accuracy is counted.

    Parameters
    ----------
    codes : array, shape (n, d)
        Posterior means.
    factors : int array, shape (n, k)
        Each factor has at least two values.
    classes : collection of int
        The columns of ``factors`` whose values have no order.
    """
    scores = predictability(codes, factors, classes)
    best = np.sort(np.vstack([np.zeros(scores.shape[1]), scores]), axis=0)
    return float(np.mean(best[-1] - best[-2]))


def predictability(codes: np.ndarray, factors: np.ndarray, classes: Collection[int] = ()) -> np.ndarray:
    """Return how well each dimension of ``codes`` predicts each factor, shape (d, k)."""
    return np.array([[_by_thresholds(code, factor) if column in classes else _by_line(code, factor)
                      for column, factor in enumerate(factors.T)] for code in codes.T])


def _by_line(code: np.ndarray, factor: np.ndarray) -> float:
    """Return the squared correlation; 0 for a code that is constant."""
    code, values = code.astype(np.float64) - code.mean(dtype=np.float64), factor - factor.mean()
    variances = np.square(code).sum() * np.square(values).sum()
    return float(np.square(code @ values) / variances) if variances > 0 else 0.0


def _by_thresholds(code: np.ndarray, factor: np.ndarray) -> float:
    """Return the balanced accuracy of a tree with one threshold less than there are classes."""
    tree = DecisionTreeClassifier(max_leaf_nodes=len(np.unique(factor)), class_weight="balanced", random_state=0)
    predicted = tree.fit(code[:, None], factor).predict(code[:, None])
    return float(balanced_accuracy_score(factor, predicted))
