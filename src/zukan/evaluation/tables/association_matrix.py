"""The association of every two columns as one matrix."""

from __future__ import annotations

import numpy as np

from zukan.data.tables.schema import Schema
from zukan.evaluation.tables.correlation import correlations
from zukan.evaluation.tables.values import Raw, check, is_number, level_count


def association_matrix(schema: Schema, raw: Raw) -> Raw:
    """Return how strongly every two columns go together, over the rows in which both have a value.

    Parameters
    ----------
    schema : Schema
    raw : array, shape (n, d)

    Returns
    -------
    array, shape (d, d)
        Of two columns of numbers, Pearson's correlation, from -1 to 1. Of numbers and levels, the correlation ratio:
        the root of the share of the numbers' variance that the levels explain, from 0 to 1. Of two columns of levels,
        Cramér's V, from 0 to 1. A column has 1 with itself, and 0 with others if it does not vary.
    """
    check(schema, raw=raw)
    number, result = is_number(schema), np.eye(len(schema))
    first, second = np.triu_indices(len(schema), 1)
    numeric = number[first] & number[second]
    pairs = np.stack([first, second], axis=1)
    values = np.empty(len(pairs))
    values[numeric] = correlations(raw, pairs[numeric])
    sizes = [0 if is_of_numbers else level_count(column)
             for column, is_of_numbers in zip(schema.columns, number, strict=True)]
    for at in np.flatnonzero(~numeric):
        one, other = pairs[at] if not number[pairs[at, 0]] else pairs[at, ::-1]  # levels come first
        rows = ~np.isnan(raw[:, one]) & ~np.isnan(raw[:, other])
        levels = raw[rows, one].astype(np.int64)
        values[at] = (correlation_ratio(levels, raw[rows, other], sizes[one]) if number[other] else
                      cramers_v(levels, raw[rows, other].astype(np.int64), sizes[one], sizes[other]))
    result[first, second] = result[second, first] = values
    return result


def correlation_ratio(levels: np.ndarray, numbers: Raw, size: int) -> float:
    """Return the root of the share of the variance of ``numbers`` that lies between the means of ``levels``."""
    if not len(numbers):
        return 0.0
    centered = numbers - numbers.mean()
    whole = float(centered @ centered)
    if whole <= 1e-24 * len(numbers) * float(np.abs(numbers).max()) ** 2:  # the mean of equal numbers is rounded
        return 0.0
    counts, sums = np.bincount(levels, minlength=size), np.bincount(levels, centered, minlength=size)
    return float(np.sqrt(min(1.0, (sums**2 / np.maximum(counts, 1)).sum() / whole)))


def cramers_v(one: np.ndarray, other: np.ndarray, rows: int, columns: int) -> float:
    """Return Cramér's V of two columns of levels, without a correction for the number of items."""
    table = np.bincount(one * columns + other, minlength=rows * columns).reshape(rows, columns).astype(np.float64)
    table = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
    if min(table.shape) < 2:
        return 0.0
    expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0) / table.sum()
    chi_squared = ((table - expected) ** 2 / expected).sum()
    return float(np.sqrt(min(1.0, chi_squared / table.sum() / (min(table.shape) - 1))))
