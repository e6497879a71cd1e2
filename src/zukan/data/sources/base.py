"""Source: the result of every reader."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from zukan.data.account import Account
from zukan.data.lazy.items import Array, Items, take
from zukan.data.tables.schema import Schema

if TYPE_CHECKING:
    from zukan.data.tables.columns import Understood


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
    names : tuple of str, optional
        The name of each item, if the items are files.
    rows : int64 array of shape (n,), optional
        The row number of each item in the source, counted from 0 over all parts; by default ascending.
    factors : mapping of str to int64 array of shape (n,)
        The factors that each item was made from, by name, if they are known.
    """

    x: Any
    y: Any = None
    x_name: str = "x"
    y_name: str = "y"
    names: tuple[str, ...] | None = None
    rows: npt.NDArray[np.int64] | None = None
    condition: Mapping[str, Array] = field(default_factory=dict)
    factors: Mapping[str, npt.NDArray[np.int64]] = field(default_factory=dict)

    def with_x(self, x: Array | Items) -> Part:
        """Return the same part with other items."""
        return replace(self, x=x)

    def take(self, rows: Array) -> Part:
        """Return the items at the given row numbers, with their labels."""
        return replace(self, x=take(self.x, rows), y=None if self.y is None else self.y[rows],
                       names=None if self.names is None else tuple(self.names[row] for row in rows.tolist()),
                       rows=rows.astype(np.int64) if self.rows is None else self.rows[rows],
                       condition={name: values[rows] for name, values in self.condition.items()},
                       factors={name: values[rows] for name, values in self.factors.items()})


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
    schema : Schema, optional
        What the features are, if the source is a table.
    notes : tuple of str
        What the user should know; one sentence each.
    account : Account
        How much was read, and what was left out.
    table : Understood, optional
        The table itself, from which all cells can be read again.
    """

    name: str
    text: str
    parts: tuple[Part, ...]
    schema: Schema | None = None
    notes: tuple[str, ...] = ()
    account: Account = field(default_factory=Account)
    table: Understood | None = None

    @property
    def columns(self) -> tuple[str, ...] | None:
        """The names of the features of a table."""
        return None if self.schema is None else self.schema.names

    def may_lack(self, missing: bool | None) -> bool:  # noqa: FBT001 an option that is true, false or open
        """Return whether values may be missing, by the option of that name: if it is open, only in a table."""
        return self.schema is not None if missing is None else missing

    def numbered(self) -> Source:
        """Return the same source with the row numbers of all items, and their number in the account."""
        parts, start = [], 0
        for part in self.parts:
            rows = np.arange(start, start + len(part.x), dtype=np.int64) if part.rows is None else part.rows
            parts.append(replace(part, rows=rows))
            start += len(part.x)
        return replace(self, parts=tuple(parts), account=replace(self.account, read=start))

    def with_parts(self, parts: Iterable[Part]) -> Source:
        """Return the same source with other parts."""
        return replace(self, parts=tuple(parts))
