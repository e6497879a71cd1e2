"""Writing: tables to CSV and Parquet files, some rows at a time."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Any

QUOTED = r'[",\r\n]|^\s|\s$'  # text that CSV must put in quotation marks, so that it is read as it is


def write(path: Path, tables: Iterable[Any], ending: str) -> int:
    """Write tables of the same columns one below the other, and return the number of rows.

    Parameters
    ----------
    path : Path
    tables : iterable of pyarrow.Table
        At least one. Each is dropped before the next is made, so memory does not grow with their number.
    ending : {".csv", ".parquet"}
    """
    import pyarrow as pa  # noqa: PLC0415 not needed without a table
    from pyarrow import parquet  # noqa: PLC0415

    rows, pieces = 0, iter(tables)
    first = next(pieces)
    if ending == ".parquet":
        with parquet.ParquetWriter(path, first.schema) as writer:
            for table in _again(first, pieces):
                writer.write_table(table.cast(first.schema))
                rows += len(table)
        return rows
    dates = frozenset(name for name in first.column_names if _are_dates(first[name]))
    with path.open("wb") as file:
        names = lines(pa.table({str(i): [name] for i, name in enumerate(first.column_names)}))
        file.write(f"{names[0].as_py()}\n".encode())
        for table in _again(first, pieces):
            if len(table):
                file.write(("\n".join(lines(table, dates).to_pylist()) + "\n").encode())
            rows += len(table)
    return rows


def _again(first: Any, rest: Iterator[Any]) -> Iterator[Any]:
    yield first
    yield from rest


def lines(table: Any, dates: Collection[str] = ()) -> Any:
    """Return the rows of a table as lines of CSV, as an Arrow array of text; a missing value is an empty cell.

    ``dates`` names the columns of points in time that are written as dates.
    """
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.compute as pc  # noqa: PLC0415

    columns, (mark, comma, nothing) = [], (pa.scalar(text, pa.large_string()) for text in ('"', ",", ""))
    for name in table.column_names:
        column = table[name]
        if pa.types.is_dictionary(column.type):
            column = column.dictionary_decode()
        text = column.cast(pa.date32(), safe=False) if name in dates else column
        text = text.cast(pa.large_string())
        if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
            quoted = pc.binary_join_element_wise(mark, pc.replace_substring(text, '"', '""'), mark, nothing)
            text = pc.if_else(pc.match_substring_regex(text, QUOTED), quoted, text)
        columns.append(pc.fill_null(text, ""))
    return pc.binary_join_element_wise(*columns, comma)


def _are_dates(column: Any) -> bool:
    """Return whether a column holds points in time, all of them at midnight."""
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.compute as pc  # noqa: PLC0415

    if not pa.types.is_timestamp(column.type) or column.type.tz is not None:
        return False
    return pc.all(pc.equal(pc.floor_temporal(column, unit="day"), column)).as_py() is not False
