"""Columns of the items that the model does not see: the page colors by them, filters, searches and lists them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from zukan import checks, files
from zukan.data.tables.cells import is_missing
from zukan.data.tables.numbers import Numbers
from zukan.data.tables.schema import ColumnType
from zukan.explorer import columns

KINDS = ("number", "count", "boolean", "category", "text")


@dataclass(frozen=True, eq=False)
class ItemColumn:
    """A column with a cell for each item.

    Parameters
    ----------
    column : ColumnType
        What the cells are; of free text, only the name counts.
    cells : array, shape (count,)
        float64 as `ColumnType` describes, with NaN for a missing cell; of free text, text that is empty if it is
        missing.
    """

    column: ColumnType
    cells: npt.NDArray[Any]

    @property
    def is_text(self) -> bool:
        """Whether the cells are free text instead of numbers, dates, or levels."""
        return self.cells.dtype.kind != "f"

    def take(self, places: npt.NDArray[np.int64]) -> ItemColumn:
        """Return the cells at some places; a place of -1 is a missing cell."""
        gap = "" if self.is_text else np.nan
        return ItemColumn(self.column, np.where(places < 0, gap, self.cells[np.maximum(places, 0)]))


def item_column(name: str, kind: str, values: Any) -> ItemColumn:
    """Return a column of the items for `zukan.explorer.bundle.write`.

    Parameters
    ----------
    name : str
        What the page calls it.
    kind : {"number", "count", "boolean", "category", "text"}
        The levels of a category are its different values as text, in the order of their text.
    values : array-like, shape (count,)
        One for each item, training items first. NaN, None or an empty text is a missing cell.

    Raises
    ------
    zukan.InputError
        If the kind is another one, or the values are not of this kind.
    """
    checks.choice("kind", kind, KINDS)
    objects = np.asarray(values, object)
    if objects.ndim != 1:
        raise checks.InputError(f"column {name!r} must hold one value for each item, got {checks.show(values)}; give a "
                                "list of values")
    if kind in {"category", "text"}:
        texts = np.array(["" if is_missing(value) else str(value) for value in objects.tolist()], object)
        if kind == "text":
            return ItemColumn(ColumnType(name), texts)
        is_there = texts != ""
        levels, places = np.unique(texts[is_there], return_inverse=True)
        cells = np.full(len(texts), np.nan)
        cells[is_there] = places
        return ItemColumn(ColumnType(name, kind, stored="text", levels=tuple(levels.tolist())), cells)
    try:
        cells = np.asarray(values, np.float64)
    except (TypeError, ValueError) as error:
        raise checks.InputError(
            f"column {name!r} must hold numbers, as it is of the kind {kind!r}, got {checks.show(values)}; convert "
            "them, or choose the kind 'category' or 'text'") from error
    _check_numbers(name, kind, cells)
    seen = Numbers()
    seen.update(cells[np.isfinite(cells)])
    low, high = (0.0, 1.0) if kind == "boolean" else (seen.low, seen.high)
    return ItemColumn(ColumnType(name, kind, decimals=seen.decimals, low=low, high=high), cells)


def _check_numbers(name: str, kind: str, cells: npt.NDArray[np.float64]) -> None:
    """Raise `InputError` if a cell is infinite, or of true and false is neither 1 nor 0."""
    wrong = np.isinf(cells)
    if kind == "boolean":
        wrong |= ~np.isnan(cells) & (cells != 0) & (cells != 1)
    if wrong.any():
        what = "0 and 1" if kind == "boolean" else "finite numbers"
        raise checks.InputError(
            f"column {name!r} must hold {what}, got {cells[wrong][0]:g}; correct it, or give NaN for a missing "
            "value")


def check_counts(described: Sequence[ItemColumn], count: int) -> None:
    """Raise `InputError` unless each column has a cell for each of ``count`` items."""
    for each in described:
        if each.cells.shape != (count,):
            raise checks.InputError(
                f"column {each.column.name!r} must have a value for each of the {count:,} items, got "
                f"{len(each.cells):,}; give one for each item, training items first")


def write(described: Sequence[ItemColumn], folder: Path) -> dict[str, Any] | None:
    """Write the cells of each column into ``folder``: numbers as in a table, free text as a list in JSON.

    Returns
    -------
    dict or None
        The manifest's entry ``extra``, with the columns as in the entry ``table``; free text has the kind "text". None
        without columns.
    """
    entries = []
    for place, each in enumerate(described):
        if each.is_text:
            files.write_text(folder / file_name(place, "json"), json.dumps(each.cells.tolist()) + "\n")
            entries.append({**columns.entry(each.column, "json"), "kind": "text"})
        else:
            kind = columns.stored(each.column, each.cells)
            columns.save(each.cells, folder / file_name(place, kind), kind)
            entries.append(columns.entry(each.column, kind))
    return {"columns": entries} if entries else None


def file_name(place: int, kind: str) -> str:
    """Return the name of the file of a column."""
    return f"extra-{place:05d}.{kind}"
