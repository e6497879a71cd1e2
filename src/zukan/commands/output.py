"""Result files: pictures (.png, .gif) and tables of numbers (.npz, .csv, .parquet).

Of several processes, the first one writes.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from zukan import checks, files, plots, processes
from zukan.data import items
from zukan.data.conditions import LABEL
from zukan.data.sources.arrays import arrays_of, conditions_by_name
from zukan.data.tables.schema import Schema, to_frame
from zukan.data.tables.writing import write
from zukan.plots.display import DPI
from zukan.runs import Run
from zukan.runs.data import features, in_data_units

TABLES = (".npz", ".csv", ".parquet")
PICTURES = (".png", ".gif")


def check_ending(path: Path, endings: tuple[str, ...]) -> None:
    """Raise `InputError` unless the file name has one of these endings."""
    checks.choice("the ending of the output file", path.suffix.lower(), endings)


def write_items(path: Path, run: Run, x: np.ndarray, *, picture: Callable[[], plots.Display],
                animation: Callable[[], bytes], condition: Mapping[str, np.ndarray] | None = None) -> None:
    """Write items that the model decoded, as a picture or as a table; the ending of ``path`` decides.

    A table has one row per item in the units of the run's data, and one column per feature: with its name, or ``x0``,
    ``x1``, …; and the columns of the condition. An ``.npz`` file holds what `zukan.data.load` reads: ``x`` in its own
    shape, labels as ``y``, and other columns of the condition; of a table, its schema.

    Parameters
    ----------
    path : Path
    run : Run
    x : array, shape (n, *event_shape)
        As the model decoded them.
    picture, animation : callable
        Return the content of a ``.png`` and a ``.gif`` file.
    condition : mapping of arrays, shape (n,), optional
        The condition of each item by column.
    """
    if not processes.current().is_first:
        return
    ending = path.suffix.lower()
    if ending == ".png":
        with plots.items_of(run.model.event_shape):
            save_picture(path, picture())
    elif ending == ".gif":
        with files.replacing(path) as file, plots.items_of(run.model.event_shape):
            file.write_bytes(animation())
    elif (schema := features(run)[1]) is not None:
        rows = schema.decode(schema.tidy(schema.unscale(x)))
        write_tables(path, [with_columns(run, rows, condition or {})], schema, condition)
    else:
        columns, arrays = table(run, x)
        for name, values in (condition or {}).items():
            columns[(run.recipe.label or LABEL) if name == LABEL else name] = values
        arrays |= conditions_by_name("x", condition or {})
        write_table(path, columns, arrays=arrays)


def table(run: Run, x: np.ndarray) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Return items in the units of the run's data, as the columns of a table and as the arrays of an ``.npz`` file.

    ``x`` has shape ``(n, *event_shape)``, or axes before these, which the columns join.
    """
    x = in_data_units(run, x)
    flat = x.reshape(-1, int(np.prod(run.model.event_shape)))
    return {f"x{i}": column for i, column in enumerate(flat.T)}, {"x": x}


def with_columns(run: Run, rows: Any, columns: Mapping[str, np.ndarray]) -> Any:
    """Return a ``pyarrow.Table`` with further columns, such as the condition of each row."""
    for name, values in columns.items():
        rows = rows.append_column((run.recipe.label or LABEL) if name == LABEL else name, [values.tolist()])
    return rows


def joined(tables: Iterable[Any], schema: Schema) -> Any:
    """Return tables of the same columns as one table, of the library of the run's table."""
    import pyarrow as pa  # noqa: PLC0415 not needed without a table

    return to_frame(pa.concat_tables(tables), schema.library)


def write_tables(path: Path, tables: Iterable[Any], schema: Schema,
                 condition: Mapping[str, np.ndarray] | None = None) -> int:
    """Write tables of the same columns one below the other, and return the number of rows.

    An ``.npz`` file holds ``x``, the values of the columns of ``schema``, the schema itself, and the condition.
    """
    check_ending(path, TABLES)
    ending = path.suffix.lower()
    if not processes.current().is_first:
        return sum(map(len, tables))  # computes its part of each
    with files.replacing(path) as file:
        if ending != ".npz":
            return write(file, tables, ending)
        frame = joined(tables, replace(schema, library="pyarrow"))
        read = items(frame, schema=schema, missing=True)
        np.savez(file, allow_pickle=False, x=np.asarray(read.raw[:]), **arrays_of(schema),
                 **conditions_by_name("x", condition or {}))
        return len(frame)


def save_picture(path: Path, picture: plots.Display) -> None:
    """Write a figure as PNG."""
    if not processes.current().is_first:
        return
    with files.replacing(path) as file:
        file.write_bytes(picture.png(DPI))


def write_table(path: Path, columns: Mapping[str, np.ndarray], *,
                arrays: Mapping[str, np.ndarray] | None = None) -> None:
    """Write ``columns`` of one length; an ``.npz`` file holds ``arrays`` instead, if they are given."""
    check_ending(path, TABLES)
    if not processes.current().is_first:
        return
    with files.replacing(path) as file:
        if path.suffix.lower() == ".npz":
            np.savez(file, allow_pickle=False, **dict(columns if arrays is None else arrays))
        elif path.suffix.lower() == ".csv":
            with file.open("w", encoding="utf-8", newline="") as lines:
                writer = csv.writer(lines, lineterminator="\n")
                writer.writerow(columns)
                writer.writerows(zip(*(column.tolist() for column in columns.values()), strict=True))
        else:
            import pyarrow as pa  # noqa: PLC0415
            from pyarrow import parquet  # noqa: PLC0415

            parquet.write_table(pa.table(dict(columns)), file)
