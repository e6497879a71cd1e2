"""The schema of a table: what each column is, and how its cells become numbers and numbers become cells again."""

from __future__ import annotations

import importlib.util
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from zukan.data.options import KINDS
from zukan.data.tables.quantiles import Quantiles

STORED = ("float", "integer", "boolean", "text", "date", "timestamp")
USUAL = {"count": "integer", "boolean": "boolean", "category": "text", "date": "timestamp"}  # what cells are stored as
RARE = "(rare)"  # the last level of a category, if rare levels are together in it
DAY = 86400.0  # seconds
SCALED = {"number", "date"}  # kinds whose values are scaled for the model


@dataclass(frozen=True)
class ColumnType:
    """What a column of a table is.

    Its cells become float64 numbers, NaN if they are missing: a number or a count is itself, a boolean is 0 or 1, a
    category is the place of its level, and a date is in seconds since 1970 (exact to the microsecond from 1698 to
    2241). Numbers and dates are scaled for the model.

    Parameters
    ----------
    name : str
    kind : {"number", "count", "boolean", "category", "date"}
    why : str
        The evidence for the kind, as the end of a sentence.
    stored : {"float", "integer", "boolean", "text", "date", "timestamp"}
        What the cells are in the table, and in every table that is written.
    levels : tuple of str
        The levels of a category. If ``rare``, the last one stands for all rare levels.
    rare : int
        How many different levels are together in the last one.
    decimals : int, optional
        Digits after the decimal point to which numbers are written; of a date, of its seconds. None: all.
    low, high : float
        The range of the values; numbers are written within it.
    days : bool
        Whether all cells of a date are at midnight.
    form : str
        How a date is written as text, as for ``strftime``; of a point in time, its unit and time zone: ``"us"`` or
        ``"ns, Europe/Berlin"``.
    offset, factor : float
        The model sees ``(value - offset) / factor``.
    quantiles : Quantiles, optional
        Of a skewed column, the model sees normal scores instead.
    """

    name: str
    kind: str = "number"
    why: str = ""
    stored: str = "float"
    levels: tuple[str, ...] = ()
    rare: int = 0
    decimals: int | None = None
    low: float = -math.inf
    high: float = math.inf
    form: str = ""
    days: bool = False
    offset: float = 0.0
    factor: float = 1.0
    quantiles: Quantiles | None = None

    def unscale(self, values: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
        """Return values that the model sees in the units of the table."""
        if self.quantiles is not None:
            return self.quantiles.inverse(values)
        return np.asarray(values, np.float64) * self.factor + self.offset

    def log_slope(self, values: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
        """Return the log of the change of what the model sees by value, of values in the units of the table."""
        if self.quantiles is not None:
            return self.quantiles.log_slope(values)
        return np.where(np.isnan(values), np.nan, -math.log(self.factor))

    def rounded(self, values: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
        """Return values with the precision of the column; NaN stays NaN."""
        if self.kind == "boolean":
            return np.where(np.isnan(values), np.nan, values >= 0.5)
        if self.days:
            return np.rint(values / DAY) * DAY
        decimals = 0 if self.kind in {"count", "category"} else self.decimals
        return np.asarray(values, np.float64) if decimals is None else np.round(values, decimals)

    def tidy(self, values: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
        """Return values that the column can hold: with its precision, within its range; NaN stays NaN."""
        low, high = (0, len(self.levels) - 1) if self.kind == "category" else (self.low, self.high)
        return np.clip(self.rounded(values), low, high)

    def to_json(self) -> dict[str, Any]:
        """Return the type as values that JSON can hold; what is as by default is left out."""
        default = ColumnType(self.name)
        fields = {**vars(self), "levels": list(self.levels),
                  "quantiles": None if self.quantiles is None else self.quantiles.to_json()}
        return {name: value for name, value in fields.items()
                if name in {"name", "kind", "stored"} or value not in (getattr(default, name), [])}

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> ColumnType:
        """Return the type that `to_json` returned as ``record``, of which ``name`` alone is needed.

        Raises
        ------
        KeyError, TypeError, ValueError
            If ``record`` does not describe a type.
        """
        quantiles = record.get("quantiles")
        stored = USUAL.get(record.get("kind", ""), "float")
        column = cls(**{"stored": stored, **record, "levels": tuple(map(str, record.get("levels", ()))),
                        "quantiles": None if quantiles is None else Quantiles.from_json(quantiles)})
        if column.kind not in KINDS or column.stored not in STORED or not 0 < column.factor < math.inf:
            raise ValueError(f"column {column.name!r} must have a known kind and a positive factor")
        if column.kind == "category" and not column.levels:
            raise ValueError(f"category {column.name!r} must have levels")
        return column


@dataclass(frozen=True)
class Schema:
    """The columns of a table that are its features, in their order.

    Parameters
    ----------
    columns : tuple of ColumnType
    library : str
        The library of the frame that was read: "pandas", "polars" or "pyarrow"; "" for a file.
    """

    columns: tuple[ColumnType, ...]
    library: str = ""

    def __len__(self) -> int:
        return len(self.columns)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(column.name for column in self.columns)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of the columns."""
        return tuple(column.kind for column in self.columns)

    @property
    def offset(self) -> npt.NDArray[np.float64]:
        """The offset of each column."""
        return np.array([column.offset for column in self.columns])

    @property
    def factor(self) -> npt.NDArray[np.float64]:
        """The factor of each column."""
        return np.array([column.factor for column in self.columns])

    def fitted(self, low: npt.NDArray[Any], high: npt.NDArray[Any], offset: npt.NDArray[Any],
               factor: npt.NDArray[Any], quantiles: Mapping[int, Quantiles]) -> Schema:
        """Return the schema with the range and the scaling of each column."""
        return replace(self, columns=tuple(
            replace(column, low=float(low[i]), high=float(high[i]), offset=float(offset[i]), factor=float(factor[i]),
                    quantiles=quantiles.get(i)) for i, column in enumerate(self.columns)))

    def unscale(self, x: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
        """Return values that the model sees, shape ``(..., columns)``, in the units of the table."""
        return np.stack([column.unscale(x[..., place]) for place, column in enumerate(self.columns)], axis=-1)

    def log_slope(self, values: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
        """Return the log of the change of what the model sees by value, shape ``(n, columns)``; NaN for missing values.

        With it, a log-density becomes one in the units of the table. It is 0 for columns that are not scaled.
        """
        return np.stack([column.log_slope(values[:, place]) for place, column in enumerate(self.columns)], axis=1)

    def tidy(self, values: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
        """Return values, shape ``(n, columns)`` in the units of the table, that the columns can hold."""
        return np.column_stack([column.tidy(values[:, place]) for place, column in enumerate(self.columns)])

    def rounded(self, values: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
        """Return values, shape ``(n, columns)`` in the units of the table, with the precision of their columns."""
        return np.column_stack([column.rounded(values[:, place]) for place, column in enumerate(self.columns)])

    @property
    def quantiles(self) -> dict[int, Quantiles]:
        """The quantiles of the columns that have them, by their place."""
        return {place: column.quantiles for place, column in enumerate(self.columns) if column.quantiles is not None}

    def decode(self, values: npt.NDArray[Any]) -> Any:
        """Return values, shape ``(n, columns)`` in the units of the table, as a ``pyarrow.Table``.

        Numbers are rounded to the precision of their column; NaN becomes a missing value. What a model drew may lie
        outside of the range of a column: `tidy` moves it there.
        """
        import pyarrow as pa  # noqa: PLC0415 not needed without a table

        arrays = [cells(column, np.asarray(values[:, place], np.float64)) for place, column in enumerate(self.columns)]
        return pa.table(arrays, names=list(self.names))

    def frame(self, values: npt.NDArray[Any]) -> Any:
        """Return values as a table of the library of the frame that was read; of a file, as `to_frame` returns it."""
        return to_frame(self.decode(values), self.library)

    def to_json(self) -> list[dict[str, Any]]:
        """Return the columns as values that JSON can hold."""
        return [column.to_json() for column in self.columns]

    @classmethod
    def from_json(cls, record: Sequence[Mapping[str, Any]], library: str = "") -> Schema:
        """Return the schema that `to_json` returned as ``record``."""
        return cls(tuple(map(ColumnType.from_json, record)), library)


def cells(column: ColumnType, values: npt.NDArray[np.float64]) -> Any:
    """Return the values of a column, in the units of the table, as an Arrow array of what the table holds."""
    import pyarrow as pa  # noqa: PLC0415

    missing = np.isnan(values)
    values = np.where(missing, 0.0, column.rounded(values))
    if column.kind == "category":
        places = values.clip(0, len(column.levels) - 1).astype(np.int32)
        array = pa.array(column.levels, pa.string()).take(pa.array(places, mask=missing))
        kinds = {"integer": pa.int64(), "float": pa.float64(), "boolean": pa.bool_()}
        return array if column.rare or column.stored not in kinds else array.cast(kinds[column.stored])
    if column.kind == "date":
        return _dates(column, values, missing)
    if column.stored == "boolean":
        return pa.array(values.astype(bool), mask=missing)
    return pa.array(np.rint(values).astype(np.int64) if column.stored == "integer" else values, mask=missing)


def _dates(column: ColumnType, seconds: npt.NDArray[np.float64], missing: npt.NDArray[np.bool_]) -> Any:
    """Return seconds since 1970 as dates, as points in time, or as text."""
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.compute as pc  # noqa: PLC0415

    if column.stored == "date":
        return pa.array(np.rint(seconds / 86400).astype(np.int32), mask=missing).cast(pa.date32())
    if column.stored == "text" and not column.decimals:  # to the smallest unit that is written
        step = 1 if "%S" in column.form else 60 if "%M" in column.form else 86400
        whole = (np.rint(seconds / step) * step).astype(np.int64)
        return pc.strftime(pa.array(whole, mask=missing).cast(pa.timestamp("s")), format=column.form)
    whole = np.floor(seconds)
    micro = whole.astype(np.int64) * 1_000_000 + np.rint((seconds - whole) * 1e6).astype(np.int64)
    array = pa.array(micro, mask=missing).cast(pa.timestamp("us"))
    if column.stored == "timestamp":
        unit, _, zone = column.form.partition(", ")
        return array.cast(pa.timestamp(unit or "us", zone or None), safe=False)
    text = pc.strftime(array, format=column.form.removesuffix("Z"))  # with six digits of the second
    text = pc.utf8_slice_codeunits(text, 0, len("2000-01-01 00:00:00.") + (column.decimals or 6))
    return pc.binary_join_element_wise(text, "Z", "") if column.form.endswith("Z") else text


def library_of(frame: Any) -> str:
    """Return the library of a table in memory: "pandas", "polars" or "pyarrow"; "" for a mapping of columns."""
    library = type(frame).__module__.split(".")[0]
    return library if library in {"pandas", "polars", "pyarrow"} else ""


def to_frame(table: Any, library: str = "") -> Any:
    """Return a ``pyarrow.Table`` as a table of ``library``; without one, of pandas if it is installed."""
    library = library or ("pandas" if importlib.util.find_spec("pandas") else "pyarrow")
    if library == "pandas":
        return table.to_pandas()
    if library == "polars":
        import polars as pl  # noqa: PLC0415 it made the table that was read

        return pl.from_arrow(table)
    return table
