"""Columns: what every column of a table is, by all of its cells, and the values of those that are asked for.

This is the one place where cells become numbers, true or false, text or missing, whatever the door.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from zukan import checks
from zukan.data.options import Options
from zukan.data.tables.cells import Cells
from zukan.data.tables.formats import MARKED, Format, Seen, settle, shown
from zukan.data.tables.marks import Marks
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

    def read(self, names: Sequence[str]) -> dict[str, Column]:
        """Return columns with their values; numbers and flags as float64, everything else as text."""
        pieces: dict[str, list[Any]] = {name: [] for name in names}
        for arrays in self.table.batches(names) if names else ():
            for name, array in zip(names, arrays, strict=True):
                cells = self.cells(array)
                is_number = self.surveys[name].kind in {"number", "flag", "empty"}
                pieces[name].append(cells.values if is_number else cells.texts())
        return {name: Column(name, self.surveys[name].kind, np.concatenate(parts)) for name, parts in pieces.items()}


def understand(table: Table, options: Options, others: Sequence[str] = ()) -> Understood:
    """Survey all cells of a table, and settle how its numbers are written.

    Parameters
    ----------
    table : Table
    options : Options
    others : sequence of str
        Columns that are no features, and do not show how numbers are written.

    Raises
    ------
    zukan.InputError
        If the cells do not settle it.
    """
    marks = Marks.of(options)
    form = Format() if options.decimal is None else Format.with_decimal(options.decimal)
    understood = Understood(table, marks, form, survey(table, marks, form))
    if options.decimal is not None:
        return understood
    asked = [name for name, column in understood.surveys.items() if name not in others and column.texts]
    evidence, marked = _evidence(understood, asked)
    if not marked:
        return understood
    numeric = [name for name, column in understood.surveys.items()
               if name not in others and (column.kind == "number" or name in marked)]
    evidence, _ = _evidence(understood, numeric)
    form = settle(evidence, table.text)
    if form == Format():
        return understood
    place = next(iter(evidence.get(("decimal", form.decimal), evidence.get(("either", ","), [])) or
                      next(iter(evidence.values()))))
    note = f"numbers are read with the decimal mark {form.decimal!r}"
    if form.thousands:
        note += f" and {form.thousands!r} between thousands"
    note += f", as column {place[0]!r} shows ({place[1]}); --decimal chooses it"
    return Understood(table, marks, form, survey(table, marks, form), (note,))


def survey(table: Table, marks: Marks, form: Format) -> dict[str, Survey]:
    """Return the survey of every column."""
    surveys = [Survey(name) for name in table.names]
    for arrays in table.batches(table.names):
        for column, array in zip(surveys, arrays, strict=True):
            column.update(Cells.of(array, marks, form))
    return {column.name: column for column in surveys}


def _evidence(understood: Understood, names: Sequence[str]) -> tuple[dict[tuple[str, str], list[Seen]], set[str]]:
    """Return what the cells of some columns show, and those columns that hold numbers if marks are read rightly."""
    import pyarrow.compute as pc  # noqa: PLC0415

    table = understood.table
    evidence: dict[tuple[str, str], list[Seen]] = {}
    found: dict[str, int] = dict.fromkeys(names, 0)
    start = table.first_row
    for arrays in table.batches(names) if names else ():
        for name, array in zip(names, arrays, strict=True):
            cells = understood.cells(array)
            text = cells.trimmed
            if text is None:
                continue
            found[name] += int(np.count_nonzero(
                cells.text & pc.fill_null(pc.match_substring_regex(text, MARKED), False).to_numpy(zero_copy_only=False)))  # noqa: FBT003
            for key, mask in shown(text).items():
                places = np.flatnonzero(pc.fill_null(mask, False).to_numpy(zero_copy_only=False))  # noqa: FBT003
                if places.size and all(column != name for column, _ in evidence.get(key, [])):
                    place = f"{text[int(places[0])].as_py()!r} in row {start + int(places[0])}"
                    evidence.setdefault(key, []).append((name, place))
        start += len(arrays[0])
    marked = {name for name, count in found.items() if count and _would_be_numbers(understood.surveys[name], count)}
    return evidence, marked


def _would_be_numbers(column: Survey, marked: int) -> bool:
    """Return whether a column holds numbers if its cells with marks are numbers."""
    rest = column.texts + column.flags - marked
    return rest * 5 <= column.numbers + marked
