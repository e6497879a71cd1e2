"""Table: named columns that are read in batches, as often as needed, and are never all in memory."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from zukan import checks
from zukan.data.account import LeftOut

BATCH = 1 << 16  # rows


def check_different(names: Sequence[str], text: str) -> None:
    """Raise `checks.InputError` if two columns have one name."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise checks.InputError(
                f"source {text!r} must have columns with different names, got {name!r} twice; rename one")
        seen.add(name)


class Table(ABC):
    """A table of any door.

    Parameters
    ----------
    names : sequence of str
        The columns, in their order.
    name, text : str
        As for `zukan.data.sources.base.Source`.

    Attributes
    ----------
    first_row : int
        What messages call the first row.
    indexes : tuple of str
        Columns that the source itself calls an index.
    key : tuple
        What identifies the content of a file; empty for a table in memory.
    library : str
        The library of a table in memory; "" for a file.
    notes : list of str
        How the table was understood.
    left_out : list of LeftOut
        What of it was not read, besides columns.
    """

    def __init__(self, names: Sequence[str], *, name: str, text: str) -> None:
        self.names = [str(column) for column in names]
        self.name = name
        self.text = text
        self.first_row = 0
        self.indexes: tuple[str, ...] = ()
        self.key: tuple[Any, ...] = ()
        self.library = ""
        self.notes: list[str] = []
        self.left_out: list[LeftOut] = []
        check_different(self.names, text)

    def row(self, place: int) -> int:
        """Return what messages call the row at a place, counted from 0."""
        return self.first_row + place

    @abstractmethod
    def batches(self, names: Sequence[str]) -> Iterator[list[Any]]:
        """Yield the cells of these columns, as Arrow arrays of one length, from the first row to the last."""


class Padded(Table):
    """A table with further columns, all of whose cells are missing.

    Parameters
    ----------
    table : Table
    names : sequence of str
        The columns that it should have at least.
    """

    def __init__(self, table: Table, names: Sequence[str]) -> None:
        super().__init__([*table.names, *(name for name in names if name not in table.names)], name=table.name,
                         text=table.text)
        self.table = table
        self.library, self.indexes, self.notes = table.library, table.indexes, table.notes

    def row(self, place: int) -> int:
        """Return what messages call the row at a place."""
        return self.table.row(place)

    def batches(self, names: Sequence[str]) -> Iterator[list[Any]]:
        """Yield the cells of these columns."""
        known = [name for name in names if name in self.table.names] or self.table.names[:1]
        for arrays in self.table.batches(known):
            cells = dict(zip(known, arrays, strict=True))
            yield [cells[name] if name in cells else pa.nulls(len(arrays[0])) for name in names]


class ArrowTable(Table):
    """A table that Arrow holds, or reads from a file; columns of lists of numbers become several columns.

    Parameters
    ----------
    source : pyarrow.Table, or an object with the methods ``schema`` and ``batches(names)`` of a table
    name, text : str
    """

    def __init__(self, source: Any, *, name: str, text: str) -> None:
        check_different(source.schema.names, text)
        self.source = source
        self.widths = self._find_widths()
        names = [expanded for column in source.schema.names for expanded in self._expanded(column)]
        super().__init__(names, name=name, text=text)
        self.origins = {expanded: (column, place) for column in source.schema.names
                        for place, expanded in enumerate(self._expanded(column))}
        self.indexes = _pandas_indexes(source.schema)

    def batches(self, names: Sequence[str]) -> Iterator[list[Any]]:
        """Yield the cells of these columns."""
        columns = list(dict.fromkeys(self.origins[name][0] for name in names))
        for batch in self._raw(columns):
            arrays: dict[str, Any] = {}
            for column, array in zip(columns, batch, strict=True):
                width = self.widths.get(column, 0)
                parts = [array] if not width else [
                    pa.array(part) for part in
                    np.asarray(array.flatten().cast(pa.float64())).reshape(len(array), width).T]
                arrays.update(zip(self._expanded(column), parts, strict=True))
            yield [arrays[name] for name in names]

    def _raw(self, columns: list[str]) -> Iterator[list[Any]]:
        if isinstance(self.source, pa.Table):
            for batch in self.source.select(columns).to_batches(max_chunksize=BATCH):
                yield batch.columns
        else:
            yield from self.source.batches(columns)

    def _expanded(self, column: str) -> list[str]:
        width = self.widths.get(column, 0)
        return [f"{column}{i}" for i in range(width)] or [column]

    def _find_widths(self) -> dict[str, int]:
        """Return the length of the lists in each column that holds lists of numbers of one length."""
        columns = [field.name for field in self.source.schema if _is_list_of_numbers(field.type)]
        lengths: dict[str, set[Any]] = {column: set() for column in columns}
        for batch in self._raw(columns) if columns else ():
            for column, array in zip(columns, batch, strict=True):
                if pa.types.is_fixed_size_list(array.type):
                    lengths[column].add(None if array.null_count else array.type.list_size)
                else:
                    lengths[column].update(pa.compute.unique(pa.compute.list_value_length(array)).to_pylist())
        return {column: found.pop() or 0 for column, found in lengths.items() if len(found) == 1}


def _is_list_of_numbers(kind: Any) -> bool:
    if not (pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind)):
        return False
    value = kind.value_type
    return pa.types.is_integer(value) or pa.types.is_floating(value) or pa.types.is_boolean(value)


def _pandas_indexes(schema: Any) -> tuple[str, ...]:
    """Return the columns that pandas says are its index."""
    try:
        return tuple(column for column in schema.pandas_metadata["index_columns"] if isinstance(column, str))
    except (TypeError, KeyError, ValueError, AttributeError):  # no metadata, or not those of pandas
        return ()
