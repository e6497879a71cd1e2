"""Levels: the different values of a category, how often each occurs, and the place of each cell among them."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from zukan.data.tables.cells import Cells
from zukan.data.tables.schema import ColumnType

MOST = 10_000  # levels that are counted


class Levels:
    """How often each text of a column occurs, batch by batch.

    Attributes
    ----------
    counts : dict of str to int
        Empty as soon as there are more than `MOST` levels.
    too_many : bool
    """

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}
        self.too_many = False

    def update(self, texts: Any) -> None:
        """Count an Arrow array of text; null does not count."""
        if self.too_many:
            return
        found = pc.value_counts(texts.drop_null())
        for level, count in zip(found.field(0).to_pylist(), found.field(1).to_pylist(), strict=True):
            self.counts[level] = self.counts.get(level, 0) + count
        if len(self.counts) > MOST:
            self.counts, self.too_many = {}, True

    def ordered(self) -> list[str]:
        """Return the levels: by their value if all are numbers, else by their text."""
        try:
            return sorted(self.counts, key=lambda level: (float(level), level))
        except ValueError:
            return sorted(self.counts)


def places(column: ColumnType, cells: Cells) -> npt.NDArray[np.float64]:
    """Return the place of each cell's level in ``column``: NaN for a missing cell, and -1 for an unknown level."""
    known = column.levels[:-1] if column.rare else column.levels
    if column.stored in {"integer", "float"}:
        content: Any = pa.array(cells.values)
        levels = pa.array([float(level) for level in known], pa.float64())
    else:
        content, levels = cells.labels, pa.array(known, pa.string())
        levels = levels.cast(content.type)
    found = pc.fill_null(pc.index_in(content, value_set=levels), -1).to_numpy(zero_copy_only=False).astype(np.float64)
    found[cells.missing] = np.nan
    return found
