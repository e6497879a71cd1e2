"""A survey of a column: all of its cells are counted before it is decided what the column is."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from zukan import checks
from zukan.data.tables.cells import Cells
from zukan.data.tables.table import Table

_FEW = 5  # text in at most every fifth cell is taken for a mistake in a column of numbers


@dataclass
class Survey:
    """How many cells of each kind a column has, and where the first of them are.

    Attributes
    ----------
    name : str
    rows, numbers, flags, texts, missing, infinite : int
        How many cells there are, and how many hold numbers, true or false, text, nothing, infinity.
    places : dict of str to (int, str)
        The number of the first row, and its cell, for ``"flag"``, ``"text"``, ``"missing"`` and ``"infinite"``.
    strays : set of str
        Up to three different texts.
    counts : bool
        Whether the column counts the rows: each number is the one before it plus 1, from 0 or 1.
    """

    name: str
    rows: int = 0
    numbers: int = 0
    flags: int = 0
    texts: int = 0
    missing: int = 0
    infinite: int = 0
    places: dict[str, tuple[int, str]] = field(default_factory=dict)
    strays: set[str] = field(default_factory=set)
    counts: bool = True
    _last: float = np.nan

    def update(self, cells: Cells) -> None:
        """Count more cells."""
        n = len(cells.values)
        infinite = np.isinf(cells.values)
        for kind, mask in (("flag", cells.flag), ("text", cells.text), ("missing", cells.missing),
                           ("infinite", infinite)):
            if kind not in self.places and mask.any():
                place = int(np.argmax(mask))
                self.places[kind] = (self.rows + place, cells.shown(place))
        self._note_strays(cells, cells.text | cells.flag)
        flags, texts, missing = (int(np.count_nonzero(mask)) for mask in (cells.flag, cells.text, cells.missing))
        self.flags, self.texts, self.missing = self.flags + flags, self.texts + texts, self.missing + missing
        self.infinite += int(np.count_nonzero(infinite))
        self.numbers += n - flags - texts - missing
        self.counts = bool(self.counts and not flags and np.isfinite(cells.values).all() and self._goes_on(cells))
        self.rows += n

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
