"""Replacing: a frame of pandas, polars or pyarrow with other values in some cells, and all others as they are."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from zukan.data.tables.schema import library_of, to_frame


def replace_cells(frame: Any, table: Any, masks: Mapping[str, npt.NDArray[np.bool_]]) -> Any:
    """Return the frame with cells of the table, of the same library; types, index and all other cells stay.

    Parameters
    ----------
    frame : DataFrame or pyarrow.Table, or a mapping of columns
        For a mapping, a table of pandas, if it is installed, is returned.
    table : pyarrow.Table
        With the columns of the frame, at least those in ``masks``.
    masks : mapping of str to bool array, shape (n,)
        The cells to replace, by column. A column gets another type only if its own cannot hold the new values.
    """
    library = library_of(frame)
    if library not in {"pandas", "polars"}:
        return to_frame(table, library)
    masks = {name: mask for name, mask in masks.items() if mask.any()}
    new = {name: to_frame(table.select([name]), library) for name in masks}
    if library == "polars":
        return frame.with_columns([_of_polars(frame[name], new[name][name], mask) for name, mask in masks.items()])
    frame = frame.copy()
    for place, name in enumerate(map(str, frame.columns)):
        if name in masks:
            frame.isetitem(place, _of_pandas(frame.iloc[:, place], new[name][name], masks[name]))
    return frame


def _of_pandas(old: Any, new: Any, mask: npt.NDArray[np.bool_]) -> Any:
    new.index = old.index
    if hasattr(old, "cat"):
        unknown = [level for level in new[mask].unique() if level not in old.cat.categories]
        old = old.cat.add_categories(unknown)
    if old.dtype.kind in "iuf" and _is_text(new):  # such as the level (rare)
        old = old.astype("string")
    elif old.dtype.kind in "iu" and _has_fractions(new.to_numpy()[mask]):
        return old.astype(new.dtype).where(~mask, new)
    with contextlib.suppress(TypeError, ValueError):  # a column without values may have any type
        new = new.astype(old.dtype)
    return old.where(~mask, new)


def _is_text(values: Any) -> bool:
    return any(isinstance(value, str) for value in values)


def _has_fractions(values: npt.NDArray[Any]) -> bool:
    return bool((values % 1 != 0).any())


def _of_polars(old: Any, new: Any, mask: npt.NDArray[np.bool_]) -> Any:
    if not (old.dtype.is_numeric() and _is_text(new)) and not (
            old.dtype.is_integer() and _has_fractions(new.to_numpy()[mask])):
        with contextlib.suppress(Exception):  # polars has an error of its own for each reason
            new = new.cast(old.dtype)
    if new.dtype != old.dtype:
        old = old.cast(new.dtype)
    there = type(old)(~mask)
    return old.zip_with(there, new.alias(old.name))


def select(frame: Any, places: Sequence[int], names: Sequence[str]) -> Any:
    """Return the columns of the frame at these places, which have these names."""
    return frame.iloc[:, places] if library_of(frame) == "pandas" else frame.select(names)


def append(frame: Any, columns: Mapping[str, npt.NDArray[Any]]) -> Any:
    """Return the frame with more columns, of its library."""
    import pyarrow as pa  # noqa: PLC0415 not needed without a table

    if not columns:
        return frame
    library = library_of(frame)
    if library == "pandas":
        return frame.assign(**columns)
    more = pa.table(dict(columns))
    if library == "polars":
        return frame.hstack(to_frame(more, library))
    for name in columns:
        frame = frame.append_column(name, more.column(name))
    return frame


def to_arrow(frame: Any) -> Any:
    """Return a table of polars or pyarrow as a ``pyarrow.Table``."""
    return frame.to_arrow() if library_of(frame) == "polars" else frame
