"""The columns that a model cannot learn: those with one value, and those with none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from zukan import checks
from zukan.data.tables.columns import Understood
from zukan.data.tables.kinds import CONSTANT, LeftOutColumn, infer
from zukan.sklearn.rows import Read, Rows


@dataclass(frozen=True, eq=False)
class Others:
    """Columns that are not features of the model.

    Attributes
    ----------
    varying : array of int
        The places of all other columns of an array.
    constant : mapping of str or int to object
        Columns with one value, by place in an array or by name in a table, and that value.
    empty : tuple of int
        The places of the columns without a value.
    """

    varying: npt.NDArray[np.intp]
    constant: Mapping[Any, Any]
    empty: tuple[int, ...]

    @classmethod
    def of_array(cls, x: npt.NDArray[Any]) -> Others:
        """Find them in an array."""
        low, high = np.fmin.reduce(x), np.fmax.reduce(x)
        varying = np.flatnonzero(low < high)
        if not len(varying):
            raise checks.InputError(
                f"X must have a column with different values, to learn from, got none in {checks.show(x)}; use "
                "sklearn.impute.SimpleImputer")
        return cls(varying, {place: low[place] for place in np.flatnonzero(low == high)},
                   tuple(np.flatnonzero(np.isnan(low)).tolist()))

    @classmethod
    def of_table(cls, table: Understood, rows: Rows) -> Others:
        """Find them in a table."""
        constant, empty = {}, []
        for place, name in enumerate(rows.names):
            if name in rows.schema.names:
                continue
            survey = table.surveys[name]
            found = infer(survey, None)
            if survey.kind == "empty":
                empty.append(place)
            elif isinstance(found, LeftOutColumn) and found.why == CONSTANT:
                constant[name] = _first(table, name)
        return cls(np.arange(0), constant, tuple(empty))

    def filled(self, x: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Return an array with their gaps filled; empty columns with 0."""
        x = x.copy()
        for place, value in [*self.constant.items(), *((place, 0.0) for place in self.empty)]:
            x[np.isnan(x[:, place]), place] = value
        return x

    def filled_table(self, table: Any, read: Read) -> Any:
        """Return a ``pyarrow.Table`` with the gaps of constant columns filled."""
        import pyarrow as pa  # noqa: PLC0415 not needed without a table
        import pyarrow.compute as pc  # noqa: PLC0415

        names = [name for name in self.constant if name in table.column_names]
        for name, column in read.table.read(names).items() if read.table else ():
            old = table.column(name)
            if column.missing.any():
                value = self.constant[name]
                old = old.cast(value.type) if pa.types.is_null(old.type) else old
                new = pc.if_else(pa.array(column.missing), value.cast(old.type), old)
                table = table.set_column(table.column_names.index(name), name, new)
        return table

    @staticmethod
    def gaps(rows: Rows, read: Read) -> npt.NDArray[np.bool_]:
        """Return which cells of a table are missing, shape ``(n, columns)``; a column that is not there has no gaps."""
        gaps = dict(zip(rows.schema.names, np.isnan(read.raw).T, strict=True))
        if read.table is not None:
            names = [name for name in rows.names if name not in gaps and name in read.table.surveys]
            gaps |= {name: column.missing for name, column in read.table.read(names).items()}
        none = np.zeros(len(read.raw), bool)
        return np.column_stack([gaps.get(name, none) for name in rows.names])


def _first(table: Understood, name: str) -> Any:
    """Return the first value of a column, as a scalar of Arrow."""
    for (array,) in table.table.batches([name]):
        there = np.flatnonzero(~table.cells(array).missing)
        if len(there):
            return array[int(there[0])]
    raise AssertionError  # the column has a value
