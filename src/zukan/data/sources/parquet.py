"""Parquet files, read by their row groups."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pyarrow import parquet

from zukan import checks, files
from zukan.data.options import Options
from zukan.data.sources.base import Source
from zukan.data.tables.needed import Needed
from zukan.data.tables.reading import read_table
from zukan.data.tables.table import BATCH, ArrowTable


class _File:
    """A Parquet file as `ArrowTable` reads it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with parquet.ParquetFile(path) as file:
            self.schema = file.schema_arrow

    def batches(self, columns: Sequence[str]) -> Iterator[list[Any]]:
        """Yield the columns, some rows at a time."""
        with parquet.ParquetFile(self.path, pre_buffer=False, buffer_size=1 << 20) as file:
            for batch in file.iter_batches(BATCH, columns=list(columns)):
                yield [batch.column(column) for column in columns]


def read(path: Path, options: Options, needed: Needed) -> Source:
    """Return the table in a Parquet file.

    Raises
    ------
    zukan.InputError
        If the file cannot be read; and as for `zukan.data.tables.reading.read_table`.
    """
    wanted = f"source {str(path)!r} must be a complete Parquet file, but pyarrow cannot read it"
    with checks.explained(lambda error: f"{wanted} ({checks.show(str(error))}); write it again"):
        table = ArrowTable(_File(path), name=path.stem, text=str(path))
        table.key = ("parquet", *files.identity(path))
        return read_table(table, options, needed)
