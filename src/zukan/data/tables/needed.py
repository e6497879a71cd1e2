"""What a trained run needs of a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from zukan.data.conditions import LABEL, Condition
from zukan.data.options import Options


@dataclass(frozen=True)
class Needed:
    """What is known about a table before it is read.

    Parameters
    ----------
    columns : tuple of str
        The features, in their order; if empty, all columns of numbers.
    texts : frozenset of str
        Columns that are text, even if all of their cells in this table are numbers, or true and false.
    """

    columns: tuple[str, ...] = ()
    texts: frozenset[str] = frozenset()

    @classmethod
    def of(cls, columns: Sequence[str] | None, fitted: Condition | None, options: Options) -> Needed:
        """Return the features, and the columns of the condition that were text in the data of the run."""
        fields = fitted.fields if fitted else ()
        names = [options.label if field.name == LABEL else field.name for field in fields if field.is_text]
        return cls(tuple(columns or ()), frozenset(name for name in names if name is not None))
