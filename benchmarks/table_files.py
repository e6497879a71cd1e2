"""Read the tables that the systems wrote as the raw matrix of one schema, and write them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from benchmarks import data_sets
from zukan.data.tables.schema import ColumnType, Schema


def schema(name: str, *, target: bool = True) -> Schema:
    """Return the schema of a set, with or without its target: the given kinds, and what both files hold."""
    whole, known = pa.concat_tables([_text(path) for path in data_sets.paths(name)]), data_sets.SETS[name]
    kinds = known.columns([column for column in whole.column_names if target or column != known.target])
    return Schema(tuple(_column(column, kind, whole[column]) for column, kind in kinds.items()))


def exact(schema: Schema) -> Schema:
    """Return a schema that writes numbers as they are: not rounded, and not moved into a range."""
    return Schema(tuple(column if column.kind in {"category", "boolean"} else ColumnType(column.name)
                        for column in schema.columns))


def read(path: Path, schema: Schema) -> np.ndarray:
    """Return a file's rows, shape (n, columns): a level as its place, NaN for a gap.

    Raises
    ------
    ValueError
        If there is a level that the schema does not have.
    """
    table = _text(path)
    return np.stack([_places(table[column.name], column.levels) if column.kind == "category" else _floats(
        table[column.name]) for column in schema.columns], axis=1)


def write(raw: np.ndarray, schema: Schema, path: Path) -> None:
    """Write rows as a CSV file."""
    csv.write_csv(schema.decode(raw), path)


def _text(path: Path) -> pa.Table:
    names = csv.open_csv(path).schema.names
    return csv.read_csv(path, convert_options=csv.ConvertOptions(
        column_types=dict.fromkeys(names, pa.string()), null_values=[""], strings_can_be_null=True))


def _floats(cells: pa.ChunkedArray) -> np.ndarray:
    return np.asarray(pc.cast(cells, pa.float64()).to_numpy(), np.float64)


def _column(name: str, kind: str, cells: pa.ChunkedArray) -> ColumnType:
    present = cells.drop_null()
    if kind == "category":
        return ColumnType(name, kind, stored="text", levels=tuple(sorted(set(map(_level, present.to_pylist())))))
    values = _floats(present)
    digits = max(len(text.partition(".")[2]) for text in present.to_pylist())
    whole = bool((values % 1 == 0).all())
    return ColumnType(name, kind, stored="integer" if whole else "float", low=values.min(), high=values.max(),
                      decimals=0 if whole else digits)


def _level(text: str) -> str:
    """Return a level as text; a whole number has no decimals, as a library may write some."""
    return text.removesuffix(".0")


def _places(cells: pa.ChunkedArray, levels: tuple[str, ...]) -> np.ndarray:
    return np.array([np.nan if text is None else levels.index(_level(text)) for text in cells.to_pylist()])
