"""Tables of pandas, polars and pyarrow in memory, and Parquet files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from zukan import checks
from zukan.data import memory
from zukan.data.options import Options
from zukan.data.sources.base import Source
from zukan.data.sources.tables import from_columns


def is_frame(value: Any) -> bool:
    """Return whether ``value`` is a table of pandas, polars or pyarrow; imports none of them."""
    library = type(value).__module__.split(".")[0]
    return library in {"pandas", "polars", "pyarrow"} and hasattr(value, "shape") and len(value.shape) == 2


def read(frame: Any, options: Options, columns: Sequence[str] | None = None) -> Source:
    """Return a table in memory."""
    return from_columns(_by_name(frame), options, columns, name="table", text="the table in memory")


def read_parquet(path: Path, options: Options, columns: Sequence[str] | None = None) -> Source:
    """Return the table in a Parquet file.

    Raises
    ------
    zukan.InputError
        If pyarrow is not installed, or the file cannot be read.
    """
    try:
        from pyarrow import parquet  # noqa: PLC0415 an extra
    except ImportError as error:
        raise checks.not_installed(repr(str(path)), "pyarrow", "parquet") from error
    try:
        with parquet.ParquetFile(path) as file:
            size = file.metadata.num_rows * file.metadata.num_columns
            memory.check_fits(f"source {str(path)!r}", 16 * size)  # a value takes 8 bytes, here and in pyarrow
            table = _by_name(file.read())
    except checks.InputError:
        raise
    except Exception as error:  # a damaged file can raise any error
        raise checks.InputError(
            f"source {str(path)!r} must be a complete Parquet file, but pyarrow cannot read it "
            f"({checks.show(str(error))}); write it again") from error
    return from_columns(table, options, columns, name=path.stem, text=str(path))


def _by_name(table: Any) -> dict[str, Any]:
    """Return the columns of a table of any of the libraries as arrays by name."""
    if type(table).__name__ == "RecordBatch":
        import pyarrow  # noqa: PLC0415 already imported by the user, who made the table with it

        table = pyarrow.Table.from_batches([table])
    keys = list(getattr(table, "column_names", None) or table.columns)
    names = [str(key) for key in keys]
    repeated = next((name for i, name in enumerate(names) if name in names[:i]), None)
    if repeated is not None:
        raise checks.InputError(f"source must have columns with different names, got {repeated!r} twice; rename one")
    if not len(table):
        raise checks.InputError("source must hold rows, got a table without any; give at least one row")
    return {name: table[key].to_numpy() for key, name in zip(keys, names, strict=True)}
