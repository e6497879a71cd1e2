"""Fields: the columns of a condition, each with its classes or its scaling."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from zukan import checks

_FLAGS = {"0": "false", "1": "true"}

Column = npt.NDArray[Any]


@dataclass(frozen=True)
class Field:
    """One column of a condition.

    Parameters
    ----------
    name : str
    classes : tuple of str or of int, optional
        The classes that occur, sorted; None for a column of numbers. Text is numbered by its place, and a whole number
        is the number of its class.
    offset, factor : float
        The input of a column of numbers is ``(value - offset) / factor``.
    """

    name: str
    classes: tuple[str, ...] | tuple[int, ...] | None = None
    offset: float = 0.0
    factor: float = 1.0

    @property
    def numbers(self) -> dict[str, int]:
        """The number of each class by its label as text."""
        names: tuple[Any, ...] = self.classes or ()
        return {str(name): i if isinstance(name, str) else name for i, name in enumerate(names)}

    @property
    def is_text(self) -> bool:
        """Whether the classes are text."""
        return self.classes is not None and isinstance(self.classes[0], str)

    @property
    def width(self) -> int:
        """The number of inputs: 1 for numbers, else the number of classes, counted from 0 to the highest."""
        return 1 if self.classes is None else max(self.numbers.values()) + 1

    def encode(self, values: Column) -> Column:
        """Return the inputs for numbers, or the class number of each value, shape ``(n,)``.

        Raises
        ------
        zukan.InputError
            If a value is not one of the classes, or not a number.
        """
        if self.classes is None:
            return (_as_numbers(self.name, values) - self.offset) / self.factor
        known = self.numbers
        unique, places = np.unique(values.astype(str), return_inverse=True)
        names = self._spelled(unique.tolist())
        for value in names:
            if value not in known:
                hint = checks.did_you_mean(value, known) or "choose one of these"
                raise checks.InputError(
                    f"{self.name} must be a class that the model was trained with ({checks.listed(self.classes)}), "
                    f"got {value!r}; {hint}")
        return np.array([known[value] for value in names], np.int64)[places]

    def read(self, value: Any, count: int) -> Column:
        """Return ``count`` times a value that a user gives, as text or in its own type."""
        if self.classes is None:
            return np.full(count, _as_numbers(self.name, np.array([value]))[0])
        names, (name,) = {str(name): name for name in self.classes}, self._spelled([str(value)])
        return np.array([names.get(name, name)] * count)

    def _spelled(self, values: list[str]) -> list[str]:
        """Return values in the spelling of the classes: true and false in any case, or as 1 and 0, and 2.0 as 2."""
        known = self.numbers
        spellings = {_plain(name): name for name in known}
        if set(spellings) <= set(_FLAGS.values()):
            spellings |= {digit: spellings[flag] for digit, flag in _FLAGS.items() if flag in spellings}
        return [value if value in known else spellings.get(_plain(value), value) for value in values]


def _plain(text: str) -> str:
    """Return a class in the spelling that all doors share."""
    return text.lower() if text.lower() in _FLAGS.values() else re.sub(r"^([+-]?\d+)\.0+$", r"\1", text)


def _as_numbers(name: str, values: Column) -> Column:
    try:
        numbers = values.astype(np.float64)
    except ValueError as error:
        raise checks.InputError(
            f"{name} must be a number, got {checks.show(values.tolist()[0])}; give {name}=1.5, for example") from error
    if not np.isfinite(numbers).all():
        raise checks.InputError(
            f"{name} must be a finite number, got {numbers[~np.isfinite(numbers)][0]}; give another value")
    return numbers
