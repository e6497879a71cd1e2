"""Filling: a table as it was read, with other values in its missing cells."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from zukan.data.tables.columns import Understood
from zukan.data.tables.replacing import replace_cells
from zukan.data.tables.schema import Schema, cells


def fill(understood: Understood, schema: Schema, values: npt.NDArray[Any], missing: npt.NDArray[np.bool_]) -> Any:
    """Return the table with values in its missing cells, as a ``pyarrow.Table``; all other cells are as they were read.

    Parameters
    ----------
    understood : Understood
        The table.
    schema : Schema
    values : array, shape (n, columns)
        In the units of the table. Numbers are written with the precision of their column, within its range.
    missing : bool array, shape (n, columns)
        The cells to fill.
    """
    import pyarrow as pa  # noqa: PLC0415 not needed without a table

    places = {name: place for place, name in enumerate(schema.names)}
    names, batches, start = understood.table.names, [], 0
    for arrays in understood.table.batches(names):
        rows, filled = slice(start, start + len(arrays[0])), []
        for name, array in zip(names, arrays, strict=True):
            place = places.get(name)
            filled.append(array if place is None else _filled(
                understood, schema, place, array, values[rows, place], missing[rows, place]))
        batches.append(filled)
        start = rows.stop
    columns = [pa.chunked_array([_as(batch[i], batches[0][i].type) for batch in batches]) for i in range(len(names))]
    return pa.table(columns, names=list(names))


def fill_frame(frame: Any, understood: Understood, schema: Schema, values: npt.NDArray[Any],
               missing: npt.NDArray[np.bool_]) -> Any:
    """Return the frame that was read as `fill` fills it, of its own library."""
    masks = {name: missing[:, place] for place, name in enumerate(schema.names)}
    return replace_cells(frame, fill(understood, schema, values, missing), masks)


def _filled(understood: Understood, schema: Schema, place: int, array: Any, values: npt.NDArray[Any],
            missing: npt.NDArray[np.bool_]) -> Any:
    """Return the cells of a column with new ones where they are missing."""
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.compute as pc  # noqa: PLC0415

    if not missing.any():
        return array
    column = schema.columns[place]
    new = cells(column, column.tidy(np.where(missing, values, np.nan)))
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    if pa.types.is_string(array.type) or pa.types.is_large_string(array.type):
        is_number = pa.types.is_floating(new.type)
        new = new.cast(array.type)
        if is_number and understood.form.decimal == ",":
            new = pc.replace_substring(new, ".", ",")
    elif pa.types.is_integer(array.type) and pa.types.is_floating(new.type):
        array = array.cast(pa.float64())
    else:
        new = _as(new, array.type)
    return pc.if_else(pa.array(missing), new, array)


def _as(array: Any, kind: Any) -> Any:
    """Return an array with this type, or as it is if its values do not fit."""
    import pyarrow as pa  # noqa: PLC0415

    try:
        return array.cast(kind)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return array
