"""Tables in memory: of pandas, polars or pyarrow, or columns by name in a mapping."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from zukan.data.options import Options
from zukan.data.sources.base import Source
from zukan.data.tables.cells import to_arrow
from zukan.data.tables.needed import Needed
from zukan.data.tables.reading import read_table
from zukan.data.tables.table import ArrowTable, check_different

_NAME, _TEXT = "table", "the table in memory"


def read(frame: Any, options: Options, needed: Needed) -> Source:
    """Return a table in memory."""
    return read_table(opened(frame), options, needed)


def opened(frame: Any) -> ArrowTable:
    """Return a table in memory whose cells are not read yet."""
    table, indexes = _as_arrow(frame)
    result = ArrowTable(table, name=_NAME, text=_TEXT)
    result.indexes = result.indexes or indexes
    result.library = "" if isinstance(frame, Mapping) else type(frame).__module__.split(".")[0]
    return result


def _as_arrow(frame: Any) -> tuple[Any, tuple[str, ...]]:
    """Return a table of any of the libraries as an Arrow table, and the columns that are its index."""
    if isinstance(frame, Mapping):
        return pa.table({str(key): _array(column) for key, column in frame.items()}), ()
    library = type(frame).__module__.split(".")[0]
    if library == "pyarrow":
        return pa.Table.from_batches([frame]) if isinstance(frame, pa.RecordBatch) else frame, ()
    keys = list(frame.columns)
    names = [str(key) for key in keys]
    check_different(names, _TEXT)
    columns = {name: _array(frame.iloc[:, i] if library == "pandas" else frame[key])
               for i, (key, name) in enumerate(zip(keys, names, strict=True))}
    if library != "pandas":
        return pa.table(columns), ()
    index = frame.index
    if index.nlevels == 1 and index.dtype.kind in "iu" and np.array_equal(index, np.arange(len(index))):
        return pa.table(columns), ()
    levels = {f"__index_level_{i}__" if name is None or str(name) in columns else str(name):
              _array(index.get_level_values(i).to_series()) for i, name in enumerate(index.names)}
    return pa.table({**levels, **columns}), tuple(levels)


def _array(column: Any) -> Any:
    """Return a column of any library as an Arrow array."""
    if isinstance(column, np.ma.MaskedArray) and column.dtype != object:
        return pa.array(column.data, mask=np.ma.getmaskarray(column))
    if hasattr(column, "to_arrow"):  # polars
        try:
            return column.to_arrow()
        except Exception:  # noqa: BLE001 a column of Python objects raises an error of its own
            return to_arrow(column.to_list())
    try:
        return pa.array(column, from_pandas=True)
    except Exception:  # noqa: BLE001 objects of several types, and types that Arrow does not know
        return to_arrow(list(column))
