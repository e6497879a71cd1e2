"""Raw matrices: which columns are numbers, what a file would hold, how wide the values spread, and samples of rows."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from zukan import checks
from zukan.data.tables.schema import ColumnType, Schema

Raw = npt.NDArray[np.float64]
CLASSES = ("boolean", "category")  # kinds whose values are levels; the values of all others are numbers
DAY = 86400.0


def is_number(schema: Schema) -> npt.NDArray[np.bool_]:
    """Return whether each column holds numbers: a number, a count or a date. The others hold levels."""
    return np.array([kind not in CLASSES for kind in schema.kinds], bool)


def level_count(column: ColumnType) -> int:
    """Return how many levels a boolean or a category has."""
    return 2 if column.kind == "boolean" else len(column.levels)


def check(schema: Schema, **matrices: Raw) -> None:
    """Raise `zukan.InputError` unless each matrix has rows, and one column for each of the schema."""
    for name, values in matrices.items():
        if np.ndim(values) != 2 or np.shape(values)[1] != len(schema):
            raise checks.InputError(f"{name} must have shape (n, {len(schema)}), one column for each of the schema, "
                                    f"got {checks.show(values)}; pass the raw matrix of the table")
        if not len(values):
            raise checks.InputError(f"{name} must have at least one row, got none; pass rows of the table")


def written(schema: Schema, raw: Raw) -> Raw:
    """Return the values as a table holds them: in the range and with the precision of each column. NaN stays NaN."""
    return np.stack([_column(column, raw[:, place]) for place, column in enumerate(schema.columns)], axis=1)


def _column(column: ColumnType, values: Raw) -> Raw:
    """Return the values of a column as its cells hold them, dates to the day or the smallest unit that is written."""
    values = column.tidy(values)
    if column.kind == "date" and (column.stored == "date" or (column.stored == "text" and not column.decimals)):
        step = DAY if column.stored == "date" else 1.0 if "%S" in column.form else 60.0 if "%M" in column.form else DAY
        return np.rint(values / step) * step
    return np.rint(values) if column.kind == "number" and column.stored == "integer" else values


def spread(raw: Raw) -> Raw:
    """Return the standard deviation of the observed values of each column, shape (d,); 1 if they are all equal."""
    found = np.array([column[~np.isnan(column)].std() if np.isfinite(column).any() else 0.0 for column in raw.T])
    return np.where(found > 0, found, 1.0)


def sample(raw: Raw, limit: int, seed: int) -> Raw:
    """Return at most ``limit`` rows, drawn at random without repetition and kept in their order."""
    if len(raw) <= limit:
        return raw
    return raw[np.sort(np.random.default_rng(seed).choice(len(raw), limit, replace=False))]


def with_gaps(train: Raw, synthetic: Raw, seed: int) -> Raw:
    """Return ``synthetic`` with the gaps of training rows picked at random, if only the training rows have gaps.

    A model that draws complete rows is then measured by its values: otherwise, the lack of gaps would give its rows
    away.
    """
    if not np.isnan(train).any() or np.isnan(synthetic).any():
        return synthetic
    picked = np.random.default_rng(seed).integers(len(train), size=len(synthetic))
    return np.where(np.isnan(train[picked]), np.nan, synthetic)
