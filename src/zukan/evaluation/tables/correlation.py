"""Correlations of pairs of columns with gaps."""

from __future__ import annotations

import numpy as np

from zukan.evaluation.tables.values import Raw

AT_ONCE = 1 << 22  # values in memory at once


def correlations(raw: Raw, pairs: np.ndarray) -> Raw:
    """Return Pearson's correlation of each pair of columns, over the rows in which both have a value.

    Parameters
    ----------
    raw : array, shape (n, d)
    pairs : int array, shape (p, 2)
        Places of columns.

    Returns
    -------
    array, shape (p,)
        0 if one of the two does not vary.
    """
    step = max(1, AT_ONCE // max(1, len(raw)))
    parts = [_of(raw[:, some[:, 0]], raw[:, some[:, 1]]) for some in
             (pairs[at : at + step] for at in range(0, len(pairs), step))]
    return np.concatenate([np.zeros(0), *parts])


def _of(x: Raw, y: Raw) -> Raw:
    both = ~(np.isnan(x) | np.isnan(y))
    rows = np.maximum(both.sum(axis=0), 1)
    x, y = _standardized(x, both, rows), _standardized(y, both, rows)
    return np.clip((x * y).sum(axis=0), -1.0, 1.0)


def _standardized(values: Raw, observed: np.ndarray, rows: np.ndarray) -> Raw:
    """Return the observed values with mean 0 and length 1, and 0 for others; all are 0 if the column is constant."""
    values = np.where(observed, values, 0.0)
    most = np.abs(values).max(axis=0, initial=0.0)
    centered = np.where(observed, values - values.sum(axis=0) / rows, 0.0)
    length = np.linalg.norm(centered, axis=0)
    varies = length > 1e-12 * most * np.sqrt(rows)  # the sum of equal numbers is rounded
    return np.where(varies, centered, 0.0) / np.where(varies, length, 1.0)


def ranks(raw: Raw) -> Raw:
    """Return the rank of each value in its column, the mean rank for equal values; NaN stays NaN.

    Correlations of ranks are Spearman's, exactly so for columns without gaps.
    """
    result = np.full(raw.shape, np.nan)
    for place, column in enumerate(raw.T):
        observed = ~np.isnan(column)
        _, inverse, counts = np.unique(column[observed], return_inverse=True, return_counts=True)
        result[observed, place] = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    return result
