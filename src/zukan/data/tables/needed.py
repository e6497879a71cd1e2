"""What a trained run needs of a table."""

from __future__ import annotations

from dataclasses import dataclass

from zukan.data.conditions import LABEL, Condition
from zukan.data.options import Options
from zukan.data.tables.schema import Schema


@dataclass(frozen=True)
class Needed:
    """What is known about a table before it is read.

    Parameters
    ----------
    schema : Schema, optional
        The features, in their order, as the run knows them; by default all columns that can be features.
    texts : frozenset of str
        Columns that are text, even if all of their cells in this table are numbers, or true and false.
    partial : bool
        Whether features may lack; all of their cells are then missing.
    whole : bool
        Whether the table itself is needed, and no features: the source then has no parts.
    """

    schema: Schema | None = None
    texts: frozenset[str] = frozenset()
    partial: bool = False
    whole: bool = False

    @classmethod
    def of(cls, schema: Schema | None, fitted: Condition | None, options: Options, *, partial: bool = False) -> Needed:
        """Return the features, and the columns of the condition that were text in the data of the run."""
        fields = fitted.fields if fitted else ()
        names = [options.label if field.name == LABEL else field.name for field in fields if field.is_text]
        return cls(schema, frozenset(name for name in names if name is not None), partial)

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the features; empty if they are not known."""
        return () if self.schema is None else self.schema.names
