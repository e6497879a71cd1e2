"""Tables in text files, with values separated by commas, semicolons, tabs or bars: CSV, TSV."""

from __future__ import annotations

import csv
import math
from array import array
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from zukan import checks
from zukan.data import memory
from zukan.data.options import Options
from zukan.data.sources.base import Source
from zukan.data.sources.tables import from_columns

ENDINGS = (".csv", ".tsv", ".txt")
_MISSING = {"", "na", "n/a", "#n/a", "<na>", "nan", "null", "none", "?", "-", "."}
_DELIMITERS = ",;\t|"
_FIRST_LINE = 1 << 20  # bytes of the first line that are searched for a delimiter


def read(path: Path, options: Options, columns: Sequence[str] | None = None) -> Source:
    """Return the table in a UTF-8 text file.

    The delimiter is the most frequent one of the first line; in ``.tsv`` files it is the tab. The first row holds
    either the names of the columns or numbers. If the delimiter is the semicolon, numbers may have a decimal comma.

    Raises
    ------
    zukan.InputError
        If rows have different lengths, a number is missing without ``options.missing``, or the file is of another
        kind.
    """
    memory.check_fits(f"source {str(path)!r}", path.stat().st_size)  # the arrays take at least as much
    try:
        rows = _rows(path)
        first = next(rows, [])
        has_names = not any(map(_is_number, first))
        table = _columns(rows if has_names else _rows(path), _names(first, options, has_names=has_names),
                         {options.label, *options.conditions})
    except (OSError, ValueError, csv.Error) as error:
        reason = "it is not UTF-8 text" if isinstance(error, UnicodeDecodeError) else str(error)
        raise checks.InputError(
            f"source {str(path)!r} must be a table of numbers as text, but {reason}; write it again as UTF-8 CSV"
        ) from error
    if not len(next(iter(table.values()))):
        raise checks.InputError(
            f"source {str(path)!r} must hold rows of numbers, got column names only; give at least one row")
    return from_columns(table, options, columns, name=path.stem, text=str(path), first_row=2 if has_names else 1)


def _rows(path: Path) -> Iterator[list[str]]:
    """Yield the cells of each row; blank lines are skipped."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        line = file.readline(_FIRST_LINE)
        file.seek(0)
        delimiter = "\t" if path.suffix.lower() == ".tsv" else max(_DELIMITERS, key=line.count)
        for row in csv.reader(file, delimiter=delimiter, strict=True):
            if len(row) > 1 or any(cell.strip() for cell in row):
                yield list(map(_with_decimal_point, row)) if delimiter == ";" else row


def _names(first: list[str], options: Options, *, has_names: bool) -> list[str]:
    """Return the names of the columns (c0, c1, … if the first row holds numbers), or raise ``ValueError``."""
    if not first:
        raise ValueError("it is empty")
    if not has_names:
        if not all(_is_number(cell) or (options.missing and _is_missing(cell)) for cell in first):
            raise ValueError(f"its first row, {checks.show(first)}, mixes names and numbers, so put a row of names "
                             "that are not numbers above it")
        return [f"c{i}" for i in range(len(first))]
    names = [cell.strip() for cell in first]
    repeated = next((name for i, name in enumerate(names) if name in names[:i]), None)
    if repeated is not None:
        raise ValueError(f"it has two columns named {repeated!r}")
    return names


def _columns(rows: Iterator[list[str]], names: list[str], keep: set[str | None]) -> dict[str, Any]:
    """Return the columns by name; the texts of a column are kept only if it is in ``keep``."""
    numbers: list[array[float] | None] = [array("d") for _ in names]  # None for a column with text
    texts: dict[int, list[str]] = {i: [] for i, name in enumerate(names) if name in keep}
    count = 0
    for count, row in enumerate(rows, 1):
        if len(row) != len(names):
            raise ValueError(f"its row {count} has {len(row)} cells and the first row {len(names)}")
        for i, column_texts in texts.items():
            column_texts.append(row[i].strip())
        for i, cell in enumerate(row):
            column = numbers[i]
            if column is not None:
                try:
                    column.append(_number(cell))
                except ValueError:
                    if _is_missing(cell):
                        column.append(math.nan)
                    else:
                        numbers[i] = None
    no_text = np.full(count, "", "U1")
    table: dict[str, Any] = {name: no_text if column is None else np.array(column)
                             for name, column in zip(names, numbers, strict=True)}
    return table | {names[i]: np.array(column, str) for i, column in texts.items() if numbers[i] is None}


def _with_decimal_point(cell: str) -> str:
    """Return a number with a decimal comma as one with a decimal point, any other text unchanged."""
    text = cell.replace(",", ".")
    return text if _is_number(text) else cell


def _number(cell: str) -> float:
    if "_" in cell:  # Python reads 3_1 as 31
        raise ValueError
    return float(cell)


def _is_missing(cell: str) -> bool:
    """Return whether a cell is empty or holds a known mark for a missing value."""
    return cell.strip().lower() in _MISSING


def _is_number(cell: str) -> bool:
    try:
        _number(cell)
    except ValueError:
        return False
    return True
