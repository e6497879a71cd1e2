"""Rows: what an estimator learns from a table or an array, and how it reads others of the kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, cast

import numpy as np
import numpy.typing as npt
from sklearn.utils import check_array

from zukan import checks
from zukan.data import Scaling, items
from zukan.data.conditions import Condition
from zukan.data.scaling import fit_scaling
from zukan.data.tables.schema import ColumnType, Schema, library_of, to_frame


class Read(NamedTuple):
    """Rows that were read.

    Attributes
    ----------
    raw : array, shape (n, d)
        The features in the units of the rows, NaN if they are missing.
    condition : array, optional
        What the model takes as condition.
    table : zukan.data.tables.columns.Understood, optional
        All cells of a table.
    """

    raw: npt.NDArray[Any]
    condition: npt.NDArray[Any] | None = None
    table: Any = None

    def check_gaps(self, names: Sequence[str]) -> None:
        """Raise `zukan.InputError` if a value of the features, which have these names, is missing."""
        gaps = np.isnan(self.raw)
        if gaps.any():
            raise checks.InputError(
                f"X must have no gaps, since the model is fitted without, got {checks.plural(int(gaps.sum()), 'gap')}, "
                f"first in column {names[int(np.argmax(gaps.any(axis=0)))]!r}; fill them, or fit with missing=True")


@dataclass(frozen=True, eq=False)
class Rows:
    """The columns of ``X``, and which of them are features of the model.

    Attributes
    ----------
    names : sequence of str
        The names of all columns.
    places : array of int
        The columns of an array that are features.
    given : sequence of int
        The columns of the condition.
    schema : Schema
        The features, with their scaling.
    scaling : Scaling
    condition : Condition, optional
    is_table : bool
        Whether a table was fitted, whose cells are read by `zukan.data`; else an array of numbers.
    """

    names: Sequence[str]
    places: npt.NDArray[np.intp]
    given: Sequence[int]
    schema: Schema
    scaling: Scaling
    condition: Condition | None = None
    is_table: bool = False

    @classmethod
    def of_table(cls, frame: Any, columns: Any, scaling: str, given: Sequence[int] = ()) -> tuple[Rows, Read]:
        """Fit to a table of pandas, polars or pyarrow; ``columns`` is as for `zukan.data.load`."""
        names = column_names(frame)
        found = items(frame, columns=columns, **_condition([names[place] for place in given]))
        raw = np.asarray(found.raw)
        fitted, schema = _scaled(scaling, raw, cast("Schema", found.schema))
        return (cls(names, np.arange(len(schema)), given, schema, fitted, found.condition, is_table=True),
                Read(raw, found.split.condition, found.table))

    @classmethod
    def of_array(cls, x: npt.NDArray[Any], names: Sequence[str], scaling: str, given: Sequence[int] = (),
                 places: npt.NDArray[np.intp] | None = None) -> tuple[Rows, Read]:
        """Fit to an array of numbers; ``places`` are its features, by default all that are not ``given``."""
        places = np.delete(np.arange(x.shape[1]), np.array(given, np.intp)) if places is None else places
        raw, values = x[:, places], by_name(x[:, list(given)])
        empty = np.flatnonzero(np.isnan(raw).all(axis=0))
        if len(empty) and scaling != "none":
            raise checks.InputError(f"X must hold a value of every feature, but all values of feature "
                                    f"{places[empty[0]]} are missing; remove that column")
        with np.errstate(over="ignore", invalid="ignore"):  # checked below
            fitted, schema = _scaled(scaling, raw, Schema(tuple(ColumnType(names[place]) for place in places)))
        if not np.isfinite(fitted.factor).all():
            raise checks.InputError(
                f"X must have features whose spread is a finite number, got values up to {np.nanmax(np.abs(raw)):g}; "
                f"divide them first")
        condition = Condition.fitted([values]) if len(given) else None
        return (cls(names, places, given, schema, fitted, condition),
                Read(raw, condition.encode(values) if condition else None))

    def read(self, x: Any) -> Read:
        """Read rows of the kind that was fitted: a validated array, or a table."""
        if not self.is_table:
            return Read(x[:, self.places], self.encode(x[:, list(self.given)]))
        found = items(x, schema=self.schema, fitted=self.condition,
                      **_condition([self.names[place] for place in self.given]))
        return Read(np.asarray(found.raw), found.split.condition, found.table)

    def conditions(self, condition: Any, n: int) -> Any:
        """Return the columns of the condition for ``n`` rows, as they were given; None if there is no condition."""
        places = list(self.given)
        if (condition is None) == bool(places) or (places and np.shape(condition) != (n, len(places))):
            raise checks.InputError(
                f"condition must hold the {len(places)} columns of the condition for each of the {n} codes, got "
                f"{checks.show(condition)}; give X[:, {places}]" if places else
                "condition must be left out, since the model has none; set VAETransformer(condition=...)")
        if not places or self.is_table:
            return condition
        return check_array(condition, input_name="condition")

    def encode(self, given: Any) -> npt.NDArray[Any] | None:
        """Return what the model takes as condition, for the columns of the condition, shape ``(n, k)``."""
        if self.condition is None:
            return None
        if not self.is_table:
            return self.condition.encode(by_name(np.asarray(given)))
        names = [self.names[place] for place in self.given]
        columns = {name: np.asarray(column) for name, column in zip(names, columns_of(given), strict=True)}
        return self.condition.encode({
            field.name: columns[field.name].astype(np.float64 if field.classes is None else str)
            for field in self.condition.fields})

    def rows(self, values: npt.NDArray[Any], given: Any = None) -> Any:
        """Return features in the units of the rows, with the columns of their condition, as an array or a table."""
        if not self.is_table:
            for place, column in zip(self.given, () if given is None else given.T, strict=True):
                values = np.insert(values, place, column, axis=1)
            return values
        import pyarrow as pa  # noqa: PLC0415 not needed without a table

        table = self.schema.decode(self.schema.tidy(values))
        for place, column in zip(self.given, () if given is None else columns_of(given), strict=True):
            table = table.append_column(self.names[place], pa.array(column, from_pandas=True))
        return to_frame(table.select([name for name in self.names if name in table.column_names]), self.schema.library)


def column_names(frame: Any) -> list[str]:
    """Return the names of the columns of a table of pandas, polars or pyarrow."""
    return [str(name) for name in (frame.column_names if library_of(frame) == "pyarrow" else frame.columns)]


def columns_of(rows: Any) -> list[Any]:
    """Return the columns of a table or an array."""
    library = library_of(rows)
    if library == "pyarrow":
        return [column.to_numpy() for column in rows.columns]
    if library in {"pandas", "polars"}:
        return [rows.iloc[:, place] if library == "pandas" else rows[name] for place, name in enumerate(rows.columns)]
    return list(np.asarray(rows, object).T)


def by_name(columns: npt.NDArray[Any]) -> dict[str, npt.NDArray[Any]]:
    """Return the columns of a condition by the names that its fields have here."""
    return {f"column {i} of the condition": values for i, values in enumerate(columns.T)}


def _scaled(scaling: str, raw: npt.NDArray[Any], schema: Schema) -> tuple[Scaling, Schema]:
    fitted, scaled = fit_scaling(scaling, raw, schema)
    return fitted, cast("Schema", scaled)


def _condition(names: Sequence[str]) -> dict[str, Any]:
    return {"condition": list(names)} if names else {}
