"""Numbers in a text file: CSV, TSV."""

from __future__ import annotations

import csv
import math
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from zukan import checks
from zukan.data import columns, memory
from zukan.data.options import Options
from zukan.data.source import Source

ENDINGS = (".csv", ".tsv", ".txt")
_MISSING = {"", "na", "n/a", "nan", "null", "none", "?", "-"}
_DELIMITERS = ",;\t|"


def read(path: Path, options: Options) -> Source:
    """Return the table in a text file of UTF-8; its first row shows the delimiter, and names the columns or is numbers.

    Raises
    ------
    zukan.InputError
        When rows differ in length, a number is missing, or it is no such file.
    """
    memory.check_fits(f"source {str(path)!r}", path.stat().st_size)  # at the least
    try:
        rows = _rows(path)
        first = next(rows, None)
        if first is None:
            raise ValueError("it is empty")
        numbers = sum(map(_is_number, first))
        if 0 < numbers < len(first):
            raise ValueError(f"its first row, {checks.show(first)}, is neither names nor numbers alone, so put names "
                             "that are not numbers above it")
        head = not numbers
        names = [cell.strip() for cell in first] if head else [f"c{i}" for i in range(len(first))]
        twice = next((name for i, name in enumerate(names) if name in names[:i]), None)
        if twice is not None:
            raise ValueError(f"it has two columns named {twice!r}")
        found = _columns(rows if head else _rows(path), names, options.label)
    except (OSError, ValueError, csv.Error) as error:
        reason = "it is not UTF-8 text" if isinstance(error, UnicodeDecodeError) else str(error)
        raise checks.InputError(
            f"source {str(path)!r} must be a table of numbers as text, but {reason}; write it again as UTF-8 CSV"
        ) from error
    if not len(found[names[0]]):
        raise checks.InputError(
            f"source {str(path)!r} must hold rows of numbers, got a header only; give at least one row")
    return columns.source(path.stem, str(path), found, options, first_row=2 if head else 1)


def _rows(path: Path) -> Iterator[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        start = file.readline(1 << 20)
        file.seek(0)
        delimiter = "\t" if path.suffix.lower() == ".tsv" else max(_DELIMITERS, key=start.count)
        for row in csv.reader(file, delimiter=delimiter, strict=True):
            if any(cell.strip() for cell in row) or len(row) > 1:  # a blank line is no row
                yield [cell.replace(",", ".") if delimiter == ";" and _is_number(cell.replace(",", ".")) else cell
                       for cell in row] if delimiter == ";" else row


def _columns(rows: Iterator[list[str]], names: list[str], label: str | None) -> dict[str, Any]:
    """Return the columns: eight bytes a number, and the text of the label alone."""
    numbers: list[array[float] | None] = [array("d") for _ in names]
    texts: list[str] = []
    labelled = names.index(label) if label in names else None
    count = 0
    for count, row in enumerate(rows, 1):
        if len(row) != len(names):
            raise ValueError(f"its row {count} has {len(row)} cells and the first row {len(names)}")
        if labelled is not None:
            texts.append(row[labelled].strip())
        for i, cell in enumerate(row):
            kept = numbers[i]
            if kept is not None:
                try:
                    kept.append(_number(cell))
                except ValueError:
                    if cell.strip().lower() in _MISSING:
                        kept.append(math.nan)
                    else:
                        numbers[i] = None  # text
    text = np.full(count, "", "U1")
    found: dict[str, Any] = {name: text if kept is None else np.array(kept) for name, kept in
                             zip(names, numbers, strict=True)}
    if labelled is not None and numbers[labelled] is None:
        found[names[labelled]] = np.array(texts, str)
    return found


def _number(cell: str) -> float:
    if "_" in cell:  # Python reads 3_1 as 31
        raise ValueError
    return float(cell)


def _is_number(cell: str) -> bool:
    try:
        _number(cell)
    except ValueError:
        return False
    return True
