"""Effect sizes: how much a group differs from another one in a column, whatever the unit of the column."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]


def moments(values: npt.NDArray[np.floating], groups: npt.NDArray[np.int64], count: int) -> tuple[Numbers, ...]:
    """Return the number, the mean and the sum of squared deviations of each group's values; NaN is left out.

    Parameters
    ----------
    values : array, shape (n,)
    groups : int array, shape (n,)
        The group of each value, from 0 to ``count`` - 1.
    count : int

    Returns
    -------
    tuple of three arrays, each of shape (count,)
    """
    known = ~np.isnan(values)
    values, groups = values[known].astype("float64"), groups[known]
    sizes = np.bincount(groups, minlength=count).astype("float64")
    means: Numbers = np.bincount(groups, values, count) / np.maximum(sizes, 1)
    squares = np.asarray(np.bincount(groups, (values - means[groups]) ** 2, count), np.float64)
    return sizes, means, squares


def others(groups: tuple[Numbers, ...]) -> tuple[Numbers, ...]:
    """Return the `moments` of all values outside each group, from the moments of all groups."""
    sizes, means, squares = groups
    outside = ~np.eye(len(sizes), dtype=bool)
    rest = outside @ sizes
    mean = outside @ (sizes * means) / np.maximum(rest, 1)
    return rest, mean, (outside * (squares + sizes * (means - mean[:, None]) ** 2)).sum(axis=1)


def cohens_d(first: tuple[float, float, float], second: tuple[float, float, float]) -> float:
    """Return the difference of two means in pooled standard deviations (Cohen, 1988), from two groups' `moments`.

    0 if a group is empty; infinite if the means differ, but no value deviates from the mean of its group.
    """
    (n, mean, squares), (m, other, more) = first, second
    pooled = (squares + more) / max(n + m - 2, 1)
    if not n or not m or mean == other:
        return 0.0
    return float((mean - other) / np.sqrt(pooled)) if pooled > 0 else math.copysign(math.inf, mean - other)


def correlation(d: float, n: float, m: float) -> float:
    """Return the correlation of the values with the group, for Cohen's d of groups of n and m values.

    It is on the scale of Cramér's V, with which it agrees for zeros and ones.
    """
    if not n or not m or math.isinf(d):
        return math.copysign(1.0, d) if n and m else 0.0
    return float(d / np.sqrt(d * d + (n + m) * (n + m - 2) / (n * m)))


def cramers_v(table: npt.NDArray[np.number]) -> float:
    """Return Cramér's V of a table of counts, shape (groups, levels): 0 without a relation, 1 if levels tell the group.

    It is 0 if fewer than two groups or two levels occur.
    """
    counts = np.asarray(table, np.float64)
    counts = counts[counts.sum(axis=1) > 0][:, counts.sum(axis=0) > 0]
    if min(counts.shape) < 2:
        return 0.0
    expected = counts.sum(axis=1, keepdims=True) * counts.sum(axis=0) / counts.sum()
    return float(np.sqrt(((counts - expected) ** 2 / expected).sum() / counts.sum() / (min(counts.shape) - 1)))
