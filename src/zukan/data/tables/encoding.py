"""Encoding: from the cells of a column to the numbers of the raw matrix."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from zukan.data.tables.cells import Cells
from zukan.data.tables.dates import DateForm, is_time, seconds_of
from zukan.data.tables.levels import places
from zukan.data.tables.schema import ColumnType


def encode(column: ColumnType, cells: Cells, form: DateForm | None) -> npt.NDArray[np.float64]:
    """Return the cells as numbers, in the units of the table; NaN for a missing cell.

    Parameters
    ----------
    column : ColumnType
    cells : Cells
    form : DateForm, optional
        How dates are written as text in this table.
    """
    if column.kind == "category":
        found = places(column, cells)
        if column.rare:
            found[found < 0] = len(column.levels) - 1
        return found
    if column.kind != "date":
        return cells.values
    if is_time(cells.content.type):
        return seconds_of(cells.content)
    if form is None:  # every cell is missing
        return np.full(len(cells.values), np.nan)
    return np.where(cells.missing, np.nan, form.read(cells.trimmed))
