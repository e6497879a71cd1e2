"""Filling: a table as it was read, with other values in its missing cells."""

from __future__ import annotations

from dataclasses import replace
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
    return pa.table([_joined([batch[i] for batch in batches]) for i in range(len(names))], names=list(names))


def fill_frame(frame: Any, understood: Understood, schema: Schema, values: npt.NDArray[Any],
               missing: npt.NDArray[np.bool_]) -> Any:
    """Return the frame that was read as `fill` fills it, of its own library."""
    masks = {name: missing[:, place] for place, name in enumerate(schema.names)}
    return replace_cells(frame, fill(understood, schema, values, missing), masks)


def _filled(understood: Understood, schema: Schema, place: int, array: Any, values: npt.NDArray[Any],
            missing: npt.NDArray[np.bool_]) -> Any:
    """Return a column with its missing cells filled. The new cells have the form of the others in this table."""
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.compute as pc  # noqa: PLC0415

    if not missing.any():
        return array
    column = schema.columns[place]
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    is_text = pa.types.is_string(array.type) or pa.types.is_large_string(array.type)
    form = understood.surveys[column.name].form
    if column.kind == "date" and is_text and form is not None:
        column = replace(column, stored="text", form=form.form, decimals=form.decimals)
    new = cells(column, column.tidy(np.where(missing, values, np.nan)))
    if is_text and column.kind == "boolean":
        new = _spelled(values >= 0.5, array, missing)
    elif is_text and pa.types.is_floating(new.type) and understood.form.decimal == ",":
        new = pc.replace_substring(new.cast(array.type), ".", ",")
    elif pa.types.is_integer(array.type) and pa.types.is_floating(new.type):
        fills = values[missing]
        if (np.rint(fills) == fills).all():
            new = new.cast(array.type, safe=False)
        else:
            array = array.cast(pa.float64(), safe=False)
    try:
        new = new.cast(array.type)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):  # such as the level (rare) in a column of numbers
        new, array = new.cast(pa.large_string()), array.cast(pa.large_string())
    return pc.if_else(pa.array(missing), new, array)


def _spelled(flags: npt.NDArray[np.bool_], array: Any, missing: npt.NDArray[np.bool_]) -> Any:
    """Return true and false as the first cells of a column of text spell them."""
    import pyarrow as pa  # noqa: PLC0415

    words = {False: "false", True: "true"}
    for cell in array.filter(pa.array(~missing)).unique().to_pylist()[::-1]:
        words[str(cell).strip().lower() in {"true", "1", "1.0"}] = str(cell).strip()
    return pa.array([words[flag] for flag in flags.tolist()], array.type)


def _joined(pieces: list[Any]) -> Any:
    """Return the pieces of a column as one array; filled pieces may have another type than the others."""
    import pyarrow as pa  # noqa: PLC0415

    kinds = {piece.type for piece in pieces}
    if len(kinds) > 1:
        are_numbers = all(pa.types.is_integer(kind) or pa.types.is_floating(kind) for kind in kinds)
        common = pa.float64() if are_numbers else pa.large_string()
        pieces = [piece.dictionary_decode() if pa.types.is_dictionary(piece.type) else piece for piece in pieces]
        pieces = [piece.cast(common, safe=False) for piece in pieces]
    return pa.chunked_array(pieces)
