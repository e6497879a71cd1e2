"""How alike the distributions of each column are."""

from __future__ import annotations

from typing import Any

import numpy as np

from zukan.data.tables.schema import Schema
from zukan.evaluation.tables.values import CLASSES, Raw, check, level_count


def marginals(schema: Schema, real: Raw, synthetic: Raw) -> dict[str, Any]:
    """Compare the values of each column, and how many are missing.

    Parameters
    ----------
    schema : Schema
    real, synthetic : array, shapes (n, d) and (m, d)

    Returns
    -------
    dict
        - ``score``: 1 minus the distance, averaged over the columns; 1 is best. The distance of numbers, counts and
          dates is the Kolmogorov-Smirnov statistic, that of booleans and categories the total variation distance;
          both are between 0 and 1. They compare the values that are there. (SDMetrics calls these scores KSComplement
          and TVComplement.)
        - ``columns``: by name, ``measure`` ("ks" or "tv"), ``distance``, and the shares of missing values ``gaps_real``
          and ``gaps_synthetic``.
        - ``gaps``: the absolute difference of the shares of missing values, averaged over the columns.
    """
    check(schema, real=real, synthetic=synthetic)
    columns: dict[str, dict[str, Any]] = {}
    for place, column in enumerate(schema.columns):
        one, other = real[:, place], synthetic[:, place]
        observed = one[~np.isnan(one)], other[~np.isnan(other)]
        classes = column.kind in CLASSES
        if min(map(len, observed)):
            distance = (total_variation(*(np.bincount(values.astype(np.int64), minlength=level_count(column))
                                          for values in observed)) if classes else kolmogorov_smirnov(*observed))
        else:  # nothing is like nothing
            distance = float(max(map(len, observed)) > 0)
        gaps_real, gaps_synthetic = (float(np.isnan(values).mean()) for values in (one, other))
        columns[column.name] = {"measure": "tv" if classes else "ks", "distance": distance, "gaps_real": gaps_real,
                                "gaps_synthetic": gaps_synthetic}
    return {"score": 1.0 - float(np.mean([found["distance"] for found in columns.values()])), "columns": columns,
            "gaps": float(np.mean([abs(found["gaps_real"] - found["gaps_synthetic"]) for found in columns.values()]))}


def kolmogorov_smirnov(one: Raw, other: Raw) -> float:
    """Return the largest difference of the empirical distribution functions of two samples."""
    one, other = np.sort(one), np.sort(other)
    places = np.concatenate([one, other])
    below = (np.searchsorted(values, places, side="right") / len(values) for values in (one, other))
    return float(np.abs(np.subtract(*below)).max())


def total_variation(one: np.ndarray, other: np.ndarray) -> float:
    """Return half the sum of the differences of the shares that two arrays of counts stand for."""
    return float(np.abs(one / one.sum() - other / other.sum()).sum() / 2)
