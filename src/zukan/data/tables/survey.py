"""A survey of a column: all of its cells are counted before it is decided what the column is."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from zukan import checks
from zukan.data.tables.cells import Cells
from zukan.data.tables.cells import mask as to_mask
from zukan.data.tables.dates import DateForm, is_time, seconds_of
from zukan.data.tables.levels import Levels, places
from zukan.data.tables.numbers import Numbers
from zukan.data.tables.schema import ColumnType
from zukan.data.tables.table import Table

_FEW = 5  # text in at most every fifth cell is taken for a mistake in a column of numbers
_PADDED = r"^[+-]?0\d+$"
_ID = re.compile(r"(?:.*[\W_])?[iI][dD]|.*[a-z]I[dD]")  # id, user_id, UserId


@dataclass
class Survey:
    """How many cells of each kind a column has, and where the first of them are.

    Attributes
    ----------
    name : str
    is_category : bool
        Whether the levels of numbers are counted too, as those of text are.
    known : ColumnType, optional
        A category of a trained run: cells of other levels are counted as ``unseen``.
    rows, numbers, flags, texts, missing, infinite, unseen : int
        How many cells there are, and how many hold numbers, true or false, text, nothing, infinity, an unknown level.
    places : dict of str to (int, str)
        The number of the first row, and its cell, for ``"flag"``, ``"text"``, ``"missing"``, ``"infinite"``,
        ``"fraction"``, ``"negative"``, ``"digit"`` (a number other than 0 and 1), ``"padded"`` (with a zero in front),
        ``"undated"`` and ``"unseen"``.
    strays : set of str
        Up to three different texts.
    types : set of pyarrow.DataType
        The types in which the cells came.
    finite : Numbers
        The finite numbers; of dates, their seconds.
    levels : Levels
    form : DateForm, optional
        The form of all texts, if they are dates.
    counts : bool
        Whether the column counts the rows: each number is the one before it plus 1, from 0 or 1.
    """

    name: str
    is_category: bool = False
    known: ColumnType | None = None
    rows: int = 0
    numbers: int = 0
    flags: int = 0
    texts: int = 0
    missing: int = 0
    infinite: int = 0
    unseen: int = 0
    places: dict[str, tuple[int, str]] = field(default_factory=dict)
    strays: set[str] = field(default_factory=set)
    types: set[Any] = field(default_factory=set)
    finite: Numbers = field(default_factory=Numbers)
    levels: Levels = field(default_factory=Levels)
    form: DateForm | None = None
    counts: bool = True
    _last: float = np.nan
    _values: list[npt.NDArray[np.float64]] = field(default_factory=list)

    def update(self, cells: Cells) -> None:
        """Count more cells."""
        n, values = len(cells.values), cells.values
        self.types.add(cells.content.type)
        infinite = np.isinf(values)
        for kind, mask in (("flag", cells.flag), ("text", cells.text), ("missing", cells.missing),
                           ("infinite", infinite)):
            self._place(kind, mask, cells)
        self._note_strays(cells, cells.text | cells.flag)
        flags, texts, missing = (int(np.count_nonzero(mask)) for mask in (cells.flag, cells.text, cells.missing))
        self.flags, self.texts, self.missing = self.flags + flags, self.texts + texts, self.missing + missing
        self.infinite += int(np.count_nonzero(infinite))
        numbers = n - flags - texts - missing
        self.numbers += numbers
        if numbers:
            self._count_numbers(cells)
            if "padded" not in self.places and cells.trimmed is not None:
                self._place("padded", to_mask(pc.match_substring_regex(cells.trimmed, _PADDED)), cells)
        if texts:
            self._count_dates(cells)
        self._count_levels(cells)
        self.counts = bool(self.counts and not flags and np.isfinite(values).all() and self._goes_on(cells))
        self.rows += n

    def _place(self, kind: str, mask: npt.NDArray[np.bool_], cells: Cells) -> None:
        """Note the first of some cells."""
        if kind not in self.places and mask.any():
            place = int(np.argmax(mask))
            self.places[kind] = (self.rows + place, cells.shown(place))

    def _count_numbers(self, cells: Cells) -> None:
        values = cells.values
        there = np.isfinite(values) & ~cells.flag
        self.finite.update(values[there])
        if self.is_id:
            self._values.append(values[there])
        if "fraction" not in self.places and self.finite.decimals != 0:
            self._place("fraction", there & (values != np.rint(values)), cells)
        if "negative" not in self.places and self.finite.low < 0:
            self._place("negative", there & (values < 0), cells)
        if "digit" not in self.places and not self.finite.some <= {0.0, 1.0}:
            self._place("digit", there & (values != 0) & (values != 1), cells)

    def _count_dates(self, cells: Cells) -> None:
        """Note the first text that is not a date, or not in the form of the others; they are dates if there is none."""
        if "undated" in self.places:
            return
        content = cells.content
        if is_time(content.type):
            seconds = seconds_of(content)
        elif cells.trimmed is None:
            seconds = np.full(len(content), np.nan)
        else:
            self.form = self.form or DateForm.of(cells.shown(int(np.argmax(cells.text))))
            seconds = np.full(len(content), np.nan) if self.form is None else self.form.read(cells.trimmed)
        self._place("undated", cells.text & np.isnan(seconds), cells)
        if "undated" not in self.places:
            self.finite.update(seconds[cells.text])

    def _count_levels(self, cells: Cells) -> None:
        if self.known is not None:
            unseen = places(self.known, cells) < 0
            self.unseen += int(np.count_nonzero(unseen))
            self._place("unseen", unseen, cells)
        elif self.is_category or cells.trimmed is not None or cells.flag.any():
            self.levels.update(cells.labels)

    def _note_strays(self, cells: Cells, mask: npt.NDArray[np.bool_]) -> None:
        if len(self.strays) < 3 and mask.any():
            self.strays.update(cells.different(mask)[: 3 - len(self.strays)])

    def _goes_on(self, cells: Cells) -> bool:
        if not len(cells.values):
            return True
        starts = cells.values[0] in {0, 1} if not self.rows else cells.values[0] == self._last + 1
        self._last = float(cells.values[-1])
        return bool(starts and (np.diff(cells.values) == 1).all())

    @property
    def kind(self) -> str:
        """``"number"``, ``"flag"`` (true or false), ``"text"``, ``"mixed"`` (numbers and text) or ``"empty"``."""
        if not self.texts:
            if not (self.numbers or self.flags):
                return "empty"
            if not (self.numbers and self.flags):
                return "number" if self.numbers else "flag"
        return "mixed" if self.numbers else "text"

    @property
    def is_id(self) -> bool:
        """Whether the name of the column says that it names the rows."""
        return bool(_ID.fullmatch(self.name))

    @property
    def all_differ(self) -> bool:
        """Whether the numbers of a column whose name says that it names the rows are all different."""
        return self.is_id and len(np.unique(np.concatenate(self._values))) == self.finite.count

    @property
    def are_dates(self) -> bool:
        """Whether all cells are dates."""
        return self.kind == "text" and "undated" not in self.places

    @property
    def are_readable(self) -> bool:
        """Whether the cells come in types that are read: not as lists or durations, for example."""
        return all(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_boolean(kind)
                   or pa.types.is_null(kind) or pa.types.is_integer(kind) or pa.types.is_floating(kind)
                   or pa.types.is_decimal(kind) or is_time(kind) for kind in self.types)

    @property
    def is_odd(self) -> bool:
        """Whether this looks like a column of numbers in which a few cells are mistakes."""
        return self.kind == "mixed" and (self.is_mostly_numbers() or len(self.strays) == 1)

    def is_mostly_numbers(self, more: int = 0) -> bool:
        """Return whether only a few cells are not numbers, if ``more`` of the texts are numbers."""
        odd = self.texts + self.flags
        return (odd - more) * _FEW <= odd + self.numbers

    @property
    def first_stray(self) -> tuple[int, str]:
        """The place and the text of the first cell that is not a number."""
        return min(self.places[kind] for kind in ("flag", "text") if kind in self.places)

    def contents(self, table: Table) -> str:
        """Return how many numbers and texts there are, with the first text and its row."""
        row, cell = self.first_stray
        return (f"{checks.plural(self.numbers, 'number')} and {checks.plural(self.texts + self.flags, 'text')}, "
                f"{checks.show(cell)} in row {table.row(row)}")
