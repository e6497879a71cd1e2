"""The columns of a table as the page knows them, and the cells of its rows: one array for each column."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from zukan.data import Dataset
from zukan.data.tables.schema import ColumnType
from zukan.explorer import arrays
from zukan.runs import Run
from zukan.runs.tables import rows

TYPES = {"u8": "u1", "u16": "<u2", "f32": "<f4", "f64": "<f8"}  # of the files, by suffix


def write(run: Run, dataset: Dataset, folder: Path) -> dict[str, Any] | None:
    """Write the cells of each column into ``folder``, as little-endian numbers of the type that `stored` chooses.

    A missing cell is the largest whole number of the type, or NaN.

    Returns
    -------
    dict or None
        The manifest's entry ``table``: what each column is, with its scaling and the type of its file. None if the data
        is not a table; nothing is written then.
    """
    if dataset.schema is None:
        return None
    cells, described = rows(run, dataset), []
    for place, column in enumerate(dataset.schema.columns):
        values = cells[:, place]
        kind = stored(column, values)
        save(values, folder / file_name(place, kind), kind)
        described.append(entry(column, kind))
    return {"columns": described}


def save(cells: npt.NDArray[np.float64], path: Path, kind: str) -> None:
    """Write cells as little-endian numbers of the type ``kind``."""
    arrays.write(path, coded(cells, kind))


def coded(cells: npt.NDArray[np.float64], kind: str) -> npt.NDArray[Any]:
    """Return cells as little-endian numbers of a type of `TYPES`."""
    if kind.startswith("u"):
        cells = np.where(np.isnan(cells), np.iinfo(TYPES[kind]).max, cells)
    return cells.astype(TYPES[kind])


def stored(column: ColumnType, values: npt.NDArray[np.float64]) -> str:
    """Return the smallest type that holds the cells of a column: a key of `TYPES`."""
    if column.kind in {"boolean", "category"}:
        return "u8" if max(2, len(column.levels)) <= 255 else "u16" if len(column.levels) <= 65535 else "f32"
    narrow = values.astype("f4").astype("f8")
    if column.decimals is not None:
        narrow = np.round(narrow, column.decimals)
    return "f32" if np.array_equal(narrow, values, equal_nan=True) else "f64"


def file_name(place: int, kind: str) -> str:
    """Return the name of the file of a column."""
    return f"column-{place:05d}.{kind}"


def entry(column: ColumnType, kind: str) -> dict[str, Any]:
    """Return a column with all entries that the page needs, also those that are as by default."""
    low, high = (value if math.isfinite(value) else None for value in (column.low, column.high))
    return {"name": column.name, "kind": column.kind, "levels": list(column.levels), "decimals": column.decimals,
            "low": low, "high": high, "stored": column.stored, "form": column.form, "offset": column.offset,
            "factor": column.factor, "quantiles": None if column.quantiles is None else column.quantiles.to_json(),
            "cells": kind}
