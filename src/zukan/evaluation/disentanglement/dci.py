"""Disentanglement, completeness and informativeness, from the importances of a random forest."""

from __future__ import annotations

import numpy as np
from sklearn.ensemble import RandomForestClassifier

TREES = 20
LEAF = 0.01  # smallest share of the items in a leaf; in deeper trees, dimensions without information look important
HELD_OUT = 0.25


def dci(codes: np.ndarray, factors: np.ndarray, seed: int = 0) -> dict[str, float]:
    """Return disentanglement, completeness and informativeness, each between 0 and 1.

    A random forest predicts each factor from all dimensions of the code, on three quarters of the items. Its trees
    try every dimension at every split, and each leaf holds 1 % of the items or more, so a dimension without information
    is hardly used.

    Parameters
    ----------
    codes : array, shape (n, d)
        Posterior means.
    factors : int array, shape (n, k)
        Each factor has at least two values.
    seed : int
        Seed of the forests, and of the items that are held out.

    Returns
    -------
    dict
        - ``disentanglement``: whether each dimension is important for one factor only.
        - ``completeness``: whether one dimension only is important for each factor.
        - ``informativeness``: mean accuracy of the forests on the last quarter of the items.

    References
    ----------
    Eastwood and Williams, "A framework for the quantitative evaluation of disentangled representations", ICLR 2018,
    openreview.net/forum?id=By-7dz-AZ.
    """
    order = np.random.default_rng(seed).permutation(len(codes))
    test, train = np.split(order, [max(1, round(HELD_OUT * len(codes)))])
    forests = [RandomForestClassifier(TREES, max_features=None, min_samples_leaf=LEAF, random_state=seed).fit(
        codes[train], factor[train]) for factor in factors.T]
    importance = np.stack([forest.feature_importances_ for forest in forests], axis=1)
    accuracy = [forest.score(codes[test], factor[test]) for forest, factor in zip(forests, factors.T, strict=True)]
    return {**scores(importance), "informativeness": float(np.mean(accuracy))}


def scores(importance: np.ndarray) -> dict[str, float]:
    """Return disentanglement and completeness of a matrix of importances, shape (d, k), none of them negative.

    A row or a column has the score 1 − H/log m, with the entropy H of its m shares. The rows are weighted by their
    share of all importances, and so are the columns.
    """
    return {"disentanglement": _concentration(importance), "completeness": _concentration(importance.T)}


def _concentration(rows: np.ndarray) -> float:
    """Return the weighted mean over the rows of 1 less their normalized entropy."""
    sums = rows.sum(axis=1)
    if rows.shape[1] == 1 or not sums.any():
        return float(sums.any())
    shares = rows / np.where(sums > 0, sums, 1.0)[:, None]
    entropy = -(shares * np.log(np.where(shares > 0, shares, 1.0))).sum(axis=1) / np.log(rows.shape[1])
    return float((sums / sums.sum()) @ (1.0 - entropy))
