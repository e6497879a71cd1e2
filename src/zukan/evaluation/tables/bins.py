"""Columns as whole numbers: the place of the level, or of the bin of a number; a gap is a level of its own."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from zukan.data.tables.schema import Schema
from zukan.evaluation.tables.values import CLASSES, Raw, level_count

BINS = 10


def edges(values: Raw) -> Raw:
    """Return the inner edges of at most 10 bins that hold equally many of the observed values; equal ones are one."""
    observed = values[~np.isnan(values)]
    return np.unique(np.quantile(observed, np.linspace(0, 1, BINS + 1)[1:-1])) if len(observed) else np.zeros(0)


def binned(schema: Schema, real: Raw, *others: Raw) -> tuple[list[npt.NDArray[np.int64]], npt.NDArray[np.int64]]:
    """Return ``real`` and other matrices as places of levels or bins, and how many there are in each column.

    The bins of numbers are those of ``real``. A gap is the last level of its column.
    """
    codes = [np.empty(raw.shape, np.int64) for raw in (real, *others)]
    sizes = np.empty(len(schema), np.int64)
    for place, column in enumerate(schema.columns):
        inner = None if column.kind in CLASSES else edges(real[:, place])
        sizes[place] = (level_count(column) if inner is None else len(inner) + 1) + 1
        for code, raw in zip(codes, (real, *others), strict=True):
            values = raw[:, place]
            filled = np.nan_to_num(values)
            found = filled.astype(np.int64) if inner is None else np.searchsorted(inner, filled, side="right")
            code[:, place] = np.where(np.isnan(values), sizes[place] - 1, found)
    return codes, sizes
