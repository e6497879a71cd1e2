"""Columns: what every column of a table is, by all of its cells, and the values of those that are asked for.

This is the one place where cells become numbers, true or false, text or missing, whatever the door.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc

from zukan.data.options import Options
from zukan.data.tables.cells import Cells, mask
from zukan.data.tables.formats import MARKED, Format, Place, settle, shown
from zukan.data.tables.marks import Marks
from zukan.data.tables.schema import ColumnType, Schema
from zukan.data.tables.survey import Survey
from zukan.data.tables.table import Table


@dataclass(frozen=True, eq=False)
class Column:
    """A column that was read.

    Parameters
    ----------
    name : str
    kind : str
        As for `Survey.kind`: ``"number"``, ``"flag"``, ``"text"``, ``"mixed"`` or ``"empty"``.
    values : array of shape (n,)
        float64 for numbers and flags, which are 1 and 0, with NaN where a value is missing; else text, empty where it
        is missing.
    """

    name: str
    kind: str
    values: npt.NDArray[Any]

    @property
    def missing(self) -> npt.NDArray[np.bool_]:
        """Which cells are missing."""
        return np.isnan(self.values) if self.values.dtype.kind == "f" else self.values == ""


@dataclass(frozen=True, eq=False)
class Understood:
    """A table whose columns were surveyed.

    Parameters
    ----------
    table : Table
    marks : Marks
    form : Format
    surveys : dict of str to Survey
    notes : tuple of str
        How the numbers were understood.
    """

    table: Table
    marks: Marks
    form: Format
    surveys: dict[str, Survey]
    notes: tuple[str, ...] = ()

    @property
    def rows(self) -> int:
        """The number of rows."""
        return next(iter(self.surveys.values())).rows if self.surveys else 0

    def cells(self, array: Any) -> Cells:
        """Return the cells of an Arrow array of this table."""
        return Cells.of(array, self.marks, self.form)

    def read(self, names: Sequence[str], texts: Collection[str] = ()) -> dict[str, Column]:
        """Return columns with their values; numbers and flags as float64; all others, and ``texts``, as text."""
        kinds = {name: "text" if name in texts else self.surveys[name].kind for name in names}
        pieces: dict[str, list[Any]] = {name: [] for name in names}
        for arrays in self.table.batches(names) if names else ():
            for name, array in zip(names, arrays, strict=True):
                cells = self.cells(array)
                is_number = kinds[name] in {"number", "flag", "empty"}
                pieces[name].append(cells.values if is_number else np.array(cells.texts(), str))
        return {name: Column(name, kinds[name], np.concatenate(parts)) for name, parts in pieces.items()}


def understand(table: Table, options: Options, others: Sequence[str] = (),
               known: Schema | None = None) -> Understood:
    """Survey all cells of a table, and settle how its numbers are written.

    Parameters
    ----------
    table : Table
    options : Options
    others : sequence of str
        Columns that are not features, and do not show how numbers are written.
    known : Schema, optional
        The features as a trained run knows them.

    Raises
    ------
    zukan.InputError
        If the cells do not settle it.
    """
    marks = Marks.of(options)
    form = Format() if options.decimal is None else Format.with_decimal(options.decimal)
    fitted = {column.name: column for column in known.columns if column.kind == "category"} if known else {}
    listed = {name for name, kind in options.kinds.items() if kind == "category"}
    understood = Understood(table, marks, form, survey(table, marks, form, fitted, listed))
    if options.decimal is not None:
        return understood
    marked = _marked(understood, [name for name, column in understood.surveys.items()
                                  if name not in others and column.texts])
    if not marked:
        return understood
    evidence = _evidence(understood, [name for name, column in understood.surveys.items()
                                      if name not in others and (column.kind == "number" or name in marked)])
    form = settle(evidence, table.text)
    if form == Format():
        return understood
    place = next(seen[0] for key, seen in evidence.items() if form.decimal == "," or key[1] == ",")
    note = f"numbers are read with the decimal mark {form.decimal!r}"
    if form.thousands:
        note += f" and {form.thousands!r} between thousands"
    note += f", as column {place[0]!r} shows ({place[1]}); --decimal chooses it"
    return Understood(table, marks, form, survey(table, marks, form, fitted, listed), (note,))


def survey(table: Table, marks: Marks, form: Format, known: Mapping[str, ColumnType],
           listed: Collection[str]) -> dict[str, Survey]:
    """Return the survey of every column: with ``known`` categories, or with the levels of those that are ``listed``."""
    surveys = [Survey(name, name in listed, known.get(name)) for name in table.names]
    for arrays in table.batches(table.names):
        for column, array in zip(surveys, arrays, strict=True):
            column.update(Cells.of(array, marks, form))
    return {column.name: column for column in surveys}


def _marked(understood: Understood, names: Sequence[str]) -> set[str]:
    """Return the columns of text that hold numbers, if the marks in them are read rightly."""
    counts = dict.fromkeys(names, 0)
    for name, _, cells in _text_cells(understood, names):
        counts[name] += int(np.count_nonzero(cells.text & mask(pc.match_substring_regex(cells.trimmed, MARKED))))
    return {name for name, count in counts.items() if count and understood.surveys[name].is_mostly_numbers(count)}


def _evidence(understood: Understood, names: Sequence[str]) -> dict[tuple[str, str], list[Place]]:
    """Return the first cell of each column that shows something about marks, by what it shows."""
    evidence: dict[tuple[str, str], dict[str, str]] = {}
    for name, row, cells in _text_cells(understood, names):
        for key, found in shown(cells.trimmed).items():
            places = np.flatnonzero(mask(found))
            if places.size:
                place = int(places[0])
                where = f"{cells.shown(place)!r} in row {understood.table.row(row + place)}"
                evidence.setdefault(key, {}).setdefault(name, where)
    return {key: list(seen.items()) for key, seen in evidence.items()}


def _text_cells(understood: Understood, names: Sequence[str]) -> Iterator[tuple[str, int, Cells]]:
    """Yield the cells of columns that come as text, with the column and the place of the first row."""
    row = 0
    for arrays in understood.table.batches(names) if names else ():
        for name, array in zip(names, arrays, strict=True):
            cells = understood.cells(array)
            if cells.trimmed is not None:
                yield name, row, cells
        row += len(arrays[0])
