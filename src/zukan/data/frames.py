"""Tables of other libraries, in memory or as Parquet: pandas, polars, pyarrow."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from zukan import checks
from zukan.data import columns, memory
from zukan.data.options import Options
from zukan.data.source import Source


def is_frame(value: Any) -> bool:
    """Whether ``value`` is a table of pandas, polars or pyarrow, none of which is imported here."""
    library = type(value).__module__.split(".")[0]
    return library in {"pandas", "polars", "pyarrow"} and hasattr(value, "shape") and len(value.shape) == 2


def frame(value: Any, options: Options) -> Source:
    """Return a table in memory as a `Source`."""
    return columns.source("table", "the table in memory", _columns(value), options)


def parquet(path: Path, options: Options) -> Source:
    """Return the table in a Parquet file as a `Source`.

    Raises
    ------
    zukan.InputError
        When pyarrow is not installed, or the file cannot be read.
    """
    try:
        from pyarrow import parquet as reader  # noqa: PLC0415 an extra
    except ImportError as error:
        raise checks.InputError(
            f"{str(path)!r} needs the package pyarrow, which is not installed; pip install 'zukan[parquet]'") from error
    try:
        with reader.ParquetFile(path) as file:
            known = file.metadata
            memory.check_fits(f"source {str(path)!r}", 16 * known.num_rows * known.num_columns)
            found = _columns(file.read())
    except checks.InputError:
        raise
    except Exception as error:  # a damaged file fails in many ways
        raise checks.InputError(
            f"source {str(path)!r} must be a whole Parquet file, but pyarrow cannot read it "
            f"({checks.show(str(error))}); write it again") from error
    return columns.source(path.stem, str(path), found, options)


def _columns(table: Any) -> dict[str, Any]:
    if type(table).__name__ == "RecordBatch":
        import pyarrow  # noqa: PLC0415 the table is of it

        table = pyarrow.Table.from_batches([table])
    names = list(getattr(table, "column_names", None) or table.columns)
    called = [str(name) for name in names]
    twice = next((name for i, name in enumerate(called) if name in called[:i]), None)
    if twice is not None:
        raise checks.InputError(f"source must have columns of different names, got {twice!r} twice; rename one")
    if not len(table):
        raise checks.InputError("source must hold rows, got a table without any; give at least one row")
    return {text: table[name].to_numpy() for name, text in zip(names, called, strict=True)}
