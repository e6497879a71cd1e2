"""The index of a table: the column that names the rows, which is not a feature."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from zukan.data.account import LeftOut
from zukan.data.tables.columns import Column, Understood

EXACT = 2.0**53  # a float64 can represent every whole number below this
_UNNAMED = {"", "Unnamed: 0"}  # the first column of an index that pandas or R wrote


def find_index(understood: Understood, others: Sequence[str | None]) -> Column | None:
    """Return the column that names the rows: what the source calls its index, or a first column without a name.

    Parameters
    ----------
    understood : Understood
    others : sequence of str or None
        Columns that are something else.
    """
    table = understood.table
    if table.indexes:
        known = [name for name in table.indexes if name in table.names and name not in others]
        return understood.read(known)[known[0]] if len(known) == 1 else None
    first = table.names[0]
    if first.strip() not in _UNNAMED or first in others or len(table.names) == 1:
        return None
    column = understood.read([first])[first]
    return column if _names(column) is not None else None


def left_out(index: Column | None, names: Sequence[str]) -> list[LeftOut]:
    """Return the columns of the index that are used for nothing else: those that name the rows, and all others."""
    naming = [name for name in names if index and name == index.name and _names(index) is not None]
    kind = "names" if index and index.kind != "number" else "numbers"
    return [LeftOut("column", f"with the {kind} of the rows", tuple(naming)),
            LeftOut("column", "of the index", tuple(name for name in names if name not in naming))]


def row_names(index: Column) -> tuple[str, ...] | None:
    """Return the names of the rows; None if they are not all different, or only count from 0."""
    names = _names(index)
    return None if names == tuple(map(str, range(len(index.values)))) else names


def _names(column: Column) -> tuple[str, ...] | None:
    """Return different whole numbers or texts as text, or None."""
    values = column.values
    if column.kind not in {"number", "text", "mixed"} or column.missing.any():
        return None
    if values.dtype.kind == "f":
        if not ((np.abs(values) < EXACT) & (values == np.rint(values))).all():
            return None
        values = values.astype(np.int64)
    return tuple(map(str, values.tolist())) if len(np.unique(values)) == len(values) else None
