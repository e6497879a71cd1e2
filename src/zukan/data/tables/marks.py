"""Marks of missing values: one list for every door, for features and labels."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from zukan.data.options import Options

# Compared without case and surrounding spaces.
MARKS = frozenset({
    "", "na", "n/a", "#n/a", "#na", "#n/a n/a", "<na>", "nan", "-nan", "null", "none", "nil", "\\n", ".", "?", "-",
    "--",
    "#div/0!", "#value!", "#ref!", "#name?", "#num!", "#null!",  # Excel's errors
    "1.#ind", "-1.#ind", "1.#qnan", "-1.#qnan"})


@dataclass(frozen=True)
class Marks:
    """What stands for a missing value.

    Parameters
    ----------
    texts : frozenset of str
        In lower case, without surrounding spaces.
    numbers : tuple of float
        Marks that are numbers, such as -999; they hold in columns of numbers from every door.
    """

    texts: frozenset[str] = MARKS
    numbers: tuple[float, ...] = ()

    @classmethod
    def of(cls, options: Options) -> Marks:
        """Return the list of all marks, with those of ``options.missing_marks``."""
        own = [mark.strip().lower() for mark in options.names_of("missing_marks")]
        return cls(MARKS | frozenset(own), tuple(_numbers(own)))


def _numbers(marks: Iterable[str]) -> Iterable[float]:
    for mark in marks:
        try:
            yield float(mark)
        except ValueError:
            continue
