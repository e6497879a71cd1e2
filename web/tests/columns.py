"""Write values of table columns and Python's conversions of them, for a unit test of the page: ``python columns.py``.

The file holds the columns as in the manifest, values as the model sees them (``x``, some far outside), the same in the
units of the table (``raw``) and as text (``texts``), and the cells of the table (``cells``) as the model sees them
(``scaled``). `tests/explorer/test_explorer_columns.py` checks that it is up to date.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from zukan.data import load
from zukan.explorer import columns

FILE = Path(__file__).with_name("fixtures") / "columns.json"
ROWS, CHECKED = 60, 24


def table() -> pa.Table:
    """Return a table with a column of every kind and way to write it, each with a gap."""
    draw = np.random.default_rng(0)
    start = datetime(1969, 12, 20, 22, 30, 17, tzinfo=UTC)
    times = [start + timedelta(seconds=float(s)) for s in draw.uniform(0, 3e7, ROWS).round(3)]
    made = {
        "height": draw.normal(170, 10, ROWS).round(1), "exact": draw.normal(size=ROWS),
        "income": np.exp(draw.normal(10, 1.5, ROWS)).round(2), "rating": draw.choice([1.5, 2.0, 4.0, 9.5], ROWS),
        "visits": pa.array(draw.poisson(3, ROWS)), "member": pa.array(draw.random(ROWS) < 0.4),
        "color": pa.array(draw.choice(["red", "<b>blue</b>", "緑"], ROWS)),
        "town": pa.array([*["Delft"] * 30, *["Leiden"] * 28, "Urk", "Oss"]),
        "day": pa.array([time.date() for time in times]), "moment": pa.array(times, pa.timestamp("ms")),
        "local": pa.array(times, pa.timestamp("us", "Europe/Berlin")),
        "text_day": pa.array([time.strftime("%Y/%m/%d") for time in times]),
        "text_minute": pa.array([time.strftime("%Y-%m-%d %H:%M") for time in times]),
        "text_second": pa.array([time.strftime("%Y-%m-%dT%H:%M:%SZ") for time in times]),
        "text_split": pa.array([time.strftime("%Y-%m-%d %H:%M:%S.%f")[:-4] for time in times]),
    }
    gaps = {name: np.arange(ROWS) == i for i, name in enumerate(made)}
    return pa.table({name: pa.array([None if gap else value for gap, value in zip(gaps[name], column.tolist()
                     if isinstance(column, np.ndarray) else column.to_pylist(), strict=True)],
                     None if isinstance(column, np.ndarray) else column.type) for name, column in made.items()})


def as_text(column: Any, cell: Any) -> Any:
    """Return a decoded cell as the page shows it; numbers and booleans stay what they are."""
    if column.stored == "date":
        return cell.isoformat()
    if column.stored != "timestamp":
        return cell if column.kind != "category" else str(cell)
    text = cell.strftime("%Y-%m-%d %H:%M:%S.%f")
    return text[: len("2000-01-01 00:00:00.") + column.decimals] if column.decimals else text.partition(".")[0]


def fixture() -> dict[str, Any]:
    """Return what the file holds."""
    rows = table()
    read = load(rows, seed=0, columns={"visits": "count"}, rare_levels=2)
    schema, draw = read.schema, np.random.default_rng(1)
    cells = np.array([[np.nan if value is None else value for value in row.values()] for row in _numbers(rows, schema)])
    x = draw.normal(0, 1.2, (CHECKED, len(schema))).astype("float32")
    for place, column in enumerate(schema.columns):
        if column.kind in {"boolean", "category"}:
            x[:, place] = draw.uniform(0, max(1, len(column.levels) - 1), CHECKED)
    x[0], x[1] = 9.5, -9.5
    raw = schema.unscale(x.astype("float64"))
    decoded = schema.decode(schema.tidy(raw)).to_pylist()
    texts = [[as_text(column, row[column.name]) for column in schema.columns] for row in decoded]
    described = [columns.entry(column, columns.stored(column, cells[:, i])) for i, column in enumerate(schema.columns)]
    return {"columns": described, "x": x.tolist(), "raw": raw.tolist(), "texts": texts,
            "cells": [[None if np.isnan(value) else value for value in row] for row in cells.tolist()],
            "scaled": [[None if np.isnan(value) else value for value in row]
                       for row in read.scaling.apply(cells).tolist()]}


def _numbers(rows: pa.Table, schema: Any) -> list[dict[str, Any]]:
    """Return the first rows as numbers in the units of the table, computed without zukan's reading."""
    def number(column: Any, cell: Any) -> Any:
        if cell is None or column.kind in {"number", "count", "boolean"}:
            return cell if cell is None else float(cell)
        if column.kind == "category":
            return float(column.levels.index(cell)) if cell in column.levels else len(column.levels) - 1.0
        if isinstance(cell, str):
            cell = datetime.fromisoformat(cell.replace("/", "-"))
        cell = cell if isinstance(cell, datetime) else datetime(cell.year, cell.month, cell.day)
        return (cell if cell.tzinfo else cell.replace(tzinfo=UTC)).timestamp()

    return [{column.name: number(column, row[column.name]) for column in schema.columns}
            for row in rows.slice(0, CHECKED).to_pylist()]


def text() -> str:
    """Return the content of the file."""
    return json.dumps(fixture(), ensure_ascii=False, separators=(",", ":")) + "\n"


if __name__ == "__main__":
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(text(), "utf-8")
