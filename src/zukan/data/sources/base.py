"""Source: the result of every reader."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from zukan.data.lazy.items import Array, Items, take


@dataclass(frozen=True, eq=False)
class Part:
    """Items and their labels: all of a source, or one split of it.

    Parameters
    ----------
    x : array or Items
    y : array, optional
        Labels.
    condition : mapping of str to array of shape (n,)
        The columns of a table that the model is conditioned on.
    x_name, y_name : str
        Their names in messages.
    """

    x: Any
    y: Any = None
    x_name: str = "x"
    y_name: str = "y"
    condition: Mapping[str, Array] = field(default_factory=dict)

    def with_x(self, x: Array | Items) -> Part:
        """Return the same part with other items."""
        return replace(self, x=x)

    def take(self, rows: Array) -> Part:
        """Return the items at the given row numbers, with their labels."""
        return replace(self, x=take(self.x, rows), y=None if self.y is None else self.y[rows],
                       condition={name: values[rows] for name, values in self.condition.items()})


@dataclass(frozen=True, eq=False)
class Source:
    """A source that was read, not yet scaled.

    Parameters
    ----------
    name : str
        A short name for titles.
    text : str
        A longer name: the path, or what kind of object it is.
    parts : tuple of Part
        One part if the source is not split, else the training part and the test part.
    columns : tuple of str, optional
        The names of the features, if the source is a table.
    ignored : tuple of str
        The names of arrays or columns that are not used.
    notes : tuple of str
        What the user should know; one sentence each.
    unreadable : tuple of (str, str)
        The files that were skipped, each with the reason.
    """

    name: str
    text: str
    parts: tuple[Part, ...]
    columns: tuple[str, ...] | None = None
    ignored: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    unreadable: tuple[tuple[str, str], ...] = ()

    def with_parts(self, parts: Iterable[Part]) -> Source:
        """Return the same source with other parts."""
        return replace(self, parts=tuple(parts))
