"""Which sources are tables, and which reader reads them; imports no library of tables."""

from __future__ import annotations

import importlib
import zipfile
from collections.abc import Mapping
from pathlib import Path, PurePath
from typing import Any

from zukan import checks
from zukan.data.options import Options
from zukan.data.sources.base import Source
from zukan.data.sources.passing import members
from zukan.data.tables.needed import Needed
from zukan.data.tables.text import PACKED, inner_name, is_text

_READERS = {".csv": "delimited", ".tsv": "delimited", ".tab": "delimited", ".psv": "delimited", ".txt": "delimited",
            ".data": "delimited", ".dat": "delimited", ".jsonl": "jsonlines", ".ndjson": "jsonlines",
            ".xlsx": "excel", ".xlsm": "excel", ".parquet": "parquet"}
ENDINGS = (*_READERS, *(f"{ending}{packed}" for ending, reader in _READERS.items()
                        if reader in {"delimited", "jsonlines"} for packed in PACKED))
_ROLES = {"x", "y", "x_train", "y_train", "x_test", "y_test", "columns"}  # the names of arrays, not of columns


def is_frame(value: Any) -> bool:
    """Return whether ``value`` is a table of pandas, polars or pyarrow; imports none of them."""
    library = type(value).__module__.split(".")[0]
    return library in {"pandas", "polars", "pyarrow"} and hasattr(value, "shape") and len(value.shape) == 2


def is_columns(value: Any) -> bool:
    """Return whether ``value`` is a mapping of names to columns of one length, and not of arrays by their roles."""
    if not isinstance(value, Mapping) or not value or not set(map(str, value)).isdisjoint(_ROLES):
        return False
    return all(map(_is_column, value.values())) and len({len(column) for column in value.values()}) == 1


def _is_column(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return (bool(value) and not hasattr(value[0], "__len__")) or isinstance(value[0], str)
    is_arrow = type(value).__module__.split(".")[0] == "pyarrow"
    return len(getattr(value, "shape", ())) == 1 or (is_arrow and hasattr(value, "to_pylist"))


def reader_of(path: Path, start: bytes) -> str | None:
    """Return the name of the module that reads a file, by its first bytes and its ending; None if it is not a table.

    Raises
    ------
    zukan.InputError
        If it is a zip with several tables.
    """
    if start == b"PAR1":
        return "parquet"
    ending = PurePath(inner_name(path.name)).suffix.lower()
    if ending in _READERS and _READERS[ending] != "parquet":
        return _READERS[ending]
    if start.startswith(PACKED[".zip"]) and ending != ".npz":
        return _reader_in(path)
    return "delimited" if ending not in {".npy", ".npz", ".zip", ".parquet"} and is_text(path) else None


def read(reader: str, source: Any, options: Options, needed: Needed) -> Source:
    """Read a table by the module of that name."""
    return importlib.import_module(f"zukan.data.sources.{reader}").read(source, options, needed)


def _reader_in(path: Path) -> str | None:
    """Return the reader of the only file in a zip; None if the zip holds no table."""
    with zipfile.ZipFile(path) as archive:
        names = [info.filename for info in members(archive)]
    tables = [name for name in names if PurePath(name).suffix.lower() in _READERS]
    reader = _READERS[PurePath(tables[0]).suffix.lower()] if tables else None
    if len(names) == 1 and reader in {"delimited", "jsonlines"}:
        return reader
    if tables and not any(name.lower().endswith(".npy") for name in names):
        raise checks.InputError(
            f"source {str(path)!r} must hold images, arrays or one table as text, but it holds "
            f"{checks.listed(map(repr, names), 4)}; unpack it first, and give one of the tables")
    return None
