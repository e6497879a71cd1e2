"""Headers: whether the first row of a table names the columns, by what stands below it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from zukan import checks
from zukan.data.tables.marks import Marks
from zukan.data.tables.text import TableError

_FIX = "say with header what it holds (--header for names, --no-header for values)"


@dataclass(frozen=True)
class Header:
    """The names of the columns.

    Parameters
    ----------
    names : list of str
        ``c0``, ``c1``, … if no row names them.
    rows : int
        The number of rows that hold names: 0 or 1.
    notes : list of str
        What was settled, if it is not the usual form.
    """

    names: list[str]
    rows: int
    notes: list[str] = field(default_factory=list)


def find_header(rows: Sequence[Sequence[Any]], given: bool | None, marks: Marks) -> Header:  # noqa: FBT001
    """Return the names of the columns.

    Parameters
    ----------
    rows : sequence of rows
        The first rows, as text or as numbers.
    given : bool, optional
        Whether the first row holds names, if the user says so.
    marks : Marks

    Raises
    ------
    ValueError
        If the rows do not show it.
    """
    if not rows:
        raise ValueError("it is empty")
    first, below = rows[0], rows[1:]
    width = max((len(row) for row in below), key=[len(row) for row in below].count, default=len(first))
    names = ["" if cell is None else str(cell).strip() for cell in first]
    plain = [f"c{i}" for i in range(len(first))]
    if given is not None:
        return Header(_fitted(names, width, below), 1) if given else Header(plain, 0)
    numbers = [_is_number(cell) for cell in first]
    if not any(numbers):
        fitted = _fitted(names, width, below)
        is_shifted = len(fitted) > len(names) and not fitted[0]
        return Header(fitted, 1, ["the header does not name the first column, so it names the others"] * is_shifted)
    counted = names[1:] if not names[0] else names
    if counted == [str(i) for i in range(len(counted))] and below:
        if len(counted) > 2 or not names[0] or _all_fractions(below):
            return Header(names, 1, [(f"the first row, {checks.listed(names, 4)}, names the columns, since it counts "
                                      "them; --no-header reads it as values")])
        raise TableError(f"its first row, {checks.show(list(first))}, may hold names or values", _FIX)
    texts = [i for i, cell in enumerate(first) if not numbers[i] and not _is_missing(cell, marks)]
    if not texts:
        return Header(plain, 0, ["no row names the columns; they are called c0, c1, …"])
    if any(_only_numbers(below, i, marks) for i in texts):
        return Header(_fitted(names, width, below), 1)
    if any(len(row) > i and row[i] == first[i] for i in texts for row in below):
        return Header(plain, 0, ["the first row holds values, as some stand below it too; --header reads it as names"])
    raise TableError(f"its first row, {checks.show(list(first))}, mixes names and numbers", _FIX)


def named_apart(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[str]:
    """Return the names, of which those of empty columns without a name consist of different numbers of spaces.

    Excel writes such columns at the end of each row.
    """
    apart: list[str] = []
    for i, name in enumerate(names):
        is_empty = not name and all(len(row) <= i or row[i] is None or not str(row[i]).strip() for row in rows)
        apart.append(" " * sum(not other.strip() for other in apart) if is_empty else name)
    return apart


def _fitted(names: list[str], width: int, below: Sequence[Sequence[Any]]) -> list[str]:
    """Return the names, with one more for a separator at the end of each row, or for R's names of rows."""
    if width != len(names) + 1:
        return names
    ends = all(len(row) < width or row[-1] is None or not str(row[-1]).strip() for row in below)
    return [*names, ""] if ends else ["", *names]


def _is_number(cell: Any) -> bool:
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return cell == cell  # noqa: PLR0124 NaN is missing
    if not isinstance(cell, str) or "_" in cell or cell.strip().lower() in {"nan", "-nan", "+nan", "inf", "infinity"}:
        return False
    try:
        float(cell.replace(",", "."))
    except ValueError:
        return False
    return True


def _is_missing(cell: Any, marks: Marks) -> bool:
    return cell is None or cell != cell or str(cell).strip().lower() in marks.texts  # noqa: PLR0124 NaN


def _only_numbers(rows: Sequence[Sequence[Any]], place: int, marks: Marks) -> bool:
    """Return whether a column holds numbers below the first row, and nothing else but missing values."""
    cells = [row[place] for row in rows if len(row) > place]
    known = [cell for cell in cells if not _is_missing(cell, marks)]
    return bool(known) and all(map(_is_number, known))


def _all_fractions(rows: Sequence[Sequence[Any]]) -> bool:
    """Return whether all cells are written as numbers that are not whole, as pandas writes float columns."""
    cells = [cell for row in rows for cell in row if not _is_missing(cell, Marks())]
    return bool(cells) and all(_is_number(cell) and ("." in str(cell) or "e" in str(cell).lower()) for cell in cells)
