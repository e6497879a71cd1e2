"""Excel files: the first sheet that holds anything."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa

from zukan import checks
from zukan.data.account import LeftOut
from zukan.data.options import Options
from zukan.data.sources.base import Source
from zukan.data.tables.cells import to_arrow
from zukan.data.tables.headers import find_header, named_apart
from zukan.data.tables.marks import Marks
from zukan.data.tables.needed import Needed
from zukan.data.tables.reading import read_table
from zukan.data.tables.table import ArrowTable
from zukan.data.tables.text import TableError

ENDINGS = (".xlsx", ".xlsm")


def read(path: Path, options: Options, needed: Needed) -> Source:
    """Return the table in the first sheet of an Excel file that holds anything.

    Raises
    ------
    zukan.InputError
        If openpyxl is not installed or cannot read the file; and as for `zukan.data.tables.reading.read_table`.
    """
    try:
        import openpyxl  # noqa: PLC0415 an extra
    except ImportError as error:
        raise checks.not_installed(repr(str(path)), "openpyxl", "excel") from error
    with checks.explained(lambda error: _refusal(path, error)):
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        try:
            sheets = {sheet.title: _rows(sheet) for sheet in book.worksheets}
        finally:
            book.close()
        filled = [title for title, (_, rows) in sheets.items() if rows]
        if not filled:
            raise ValueError("its sheets are empty")
        return _table(path, *sheets[filled[0]], filled[1:], options, needed)


def _refusal(path: Path, error: Exception) -> str:
    """Return the sentence for an error while the file is read."""
    reason = error if isinstance(error, ValueError) else f"it cannot be read ({checks.show(str(error))})"
    fix = error.fix if isinstance(error, TableError) else "save it again, or export the sheet as CSV"
    return f"source {str(path)!r} must be an Excel file with a table, but {reason}; {fix}"


def _rows(sheet: Any) -> tuple[int, list[list[Any]]]:
    """Return the number of the first row that holds anything, and the rows from there without empty ends."""
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    numbers = [number for number, row in enumerate(rows, 1) if any(cell is not None for cell in row)]
    rows = [row for row in rows if any(cell is not None for cell in row)]
    width = max((max(i for i, cell in enumerate(row) if cell is not None) + 1 for row in rows), default=0)
    return (numbers[0] if numbers else 0), [[*row[:width], *[None] * (width - len(row))] for row in rows]


def _table(path: Path, number: int, rows: list[list[Any]], others: list[str], options: Options,
           needed: Needed) -> Source:
    header = find_header(rows[:200], options.header, Marks.of(options))
    arrays = [to_arrow(list(column)) for column in zip(*rows[header.rows :], strict=True)] or [
        pa.array([], pa.string())] * len(header.names)
    table = ArrowTable(pa.table(arrays, named_apart(header.names, rows)), name=path.stem, text=str(path))
    table.first_row = number + header.rows
    table.notes += header.notes
    if others:
        table.left_out.append(LeftOut("sheet", "after the first", tuple(others)))
    return read_table(table, options, needed)
