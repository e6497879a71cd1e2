"""Fill the missing values of a data set."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from zukan import checks
from zukan.commands import output
from zukan.data.sources.arrays import arrays_of
from zukan.data.tables.filling import fill
from zukan.data.tables.schema import Schema
from zukan.model import VAE
from zukan.runs import Run
from zukan.runs.data import Read, features, read_items

DRAW = "draw"  # the column with the number of the filling
SPREAD_DRAWS = 50  # random fillings from which the spread of a cell is taken


def impute(path: str | Path, data: Any, out: str | Path, *, draws: int | None = None, spread: str | Path | None = None,
           samples: int = 1000, seed: int = 0, log: Callable[[str], None] = lambda _: None) -> tuple[int, int]:
    """Write ``data`` with its missing values filled by the model of a run, in the units of the data.

    Parameters
    ----------
    path : path
        A run that was trained with missing values.
    data : str, path, array, mapping or tuple
        A source for `zukan.data.load`; NaN, and an empty cell of a table, is a missing value.
    out : path
        A ``.csv`` or ``.parquet`` file with one row per item; or an ``.npz`` file with the array ``x`` in the shape of
        the items. The rows of a table keep all their columns and cells, also those that the model does not know.
    draws : int, optional
        Number of fillings, each a random draw; a table then has a column ``draw``, and ``x`` has that first axis. By
        default one filling, with expected values and the most probable levels.
    spread : path, optional
        For a table, a ``.csv`` or ``.parquet`` file with one row per filled cell: ``item``, ``column``, ``value``;
        ``low`` and ``high``, between which nine of ten random fillings lie, for a number, count or date; ``certainty``,
        the share of random fillings that agree with the value, for a boolean or category.
    samples : int
        Samples of z per item.
    seed : int
        Seed of the samples.
    log : callable
        Called with each note on how ``data`` was read.

    Returns
    -------
    (int, int)
        The number of items, and of missing values.

    Raises
    ------
    zukan.InputError
        If the run was trained without missing values, or ``data`` does not fit its model.
    """
    out = Path(out)
    output.check_ending(out, output.TABLES)
    if draws is not None:
        checks.integer("draws", draws)
    if spread is not None:
        output.check_ending(Path(spread), (".csv", ".parquet"))
    run = Run.open(path)
    if not run.model.missing:
        raise checks.InputError(
            f"impute needs a run that was trained with missing values, but {str(run.path)!r} was trained without; "
            "train one with --missing")
    read = read_items(run, data, log)
    schema = features(run)[1]
    if spread is not None and (schema is None or read.table is None):
        raise checks.InputError(f"spread needs a table, got {checks.show(data)}; leave it out")
    if draws is not None and read.table is not None and DRAW in read.table.table.names:
        raise checks.InputError(f"draws adds a column {DRAW!r}, but the table has one of that name; rename it")
    missing = np.isnan(np.asarray(read.x[:]))
    filled = run.model.impute(read.x, condition=read.condition, draws=draws, samples=samples, seed=seed)
    if schema is None:
        _write_items(run, out, filled, read, draws)
    elif out.suffix.lower() == ".npz":
        raw, new = np.asarray(read.raw[:]), schema.unscale(filled)
        values = np.where(missing, schema.tidy(new.reshape(-1, len(schema))).reshape(new.shape), raw)
        labels = {} if read.labels is None else {"y": read.labels}
        output.write_table(out, {}, arrays={"x": values, **arrays_of(schema), **labels})
    else:
        tables = (_filled(schema, read, rows, missing, None if draws is None else i)
                  for i, rows in enumerate(filled if draws is not None else [filled]))
        output.write_tables(out, tables, schema)
        if spread is not None:
            expected = filled if draws is None else run.model.impute(read.x, condition=read.condition, samples=samples,
                                                                     seed=seed)
            _write_spread(Path(spread), run.model, schema, read, expected, samples, seed)
    return len(read.x), int(missing.sum())


def _filled(schema: Schema, read: Read, x: np.ndarray, missing: np.ndarray, draw: int | None) -> Any:
    """Return the table with its gaps filled, behind a column with the number of the draw, if there is one."""
    values = schema.unscale(x)
    if read.table is None:  # a file of arrays, which has no cells
        table = schema.decode(np.where(missing, schema.tidy(values), np.asarray(read.raw[:])))
    else:
        table = fill(read.table, schema, values, missing)
    return table if draw is None else table.add_column(0, DRAW, [np.full(len(table), draw)])


def _write_items(run: Run, out: Path, filled: np.ndarray, read: Read, draws: int | None) -> None:
    """Write images, signals or vectors."""
    columns, arrays = output.table(run, filled)
    if draws is not None:
        columns = {DRAW: np.repeat(np.arange(draws), len(read.x))} | columns
    if read.labels is not None:
        columns[run.recipe.label or "label"], arrays["y"] = np.tile(read.labels, draws or 1), read.labels
    output.write_table(out, columns, arrays=arrays)


def _write_spread(path: Path, model: VAE, schema: Schema, read: Read, expected: np.ndarray, samples: int,
                  seed: int) -> None:
    """Write how much random fillings of each cell differ; ``expected`` are the rows with expected values."""
    import pyarrow as pa  # noqa: PLC0415 not needed without a table

    missing = np.isnan(np.asarray(read.x[:]))
    rows = np.flatnonzero(missing.any(axis=1))
    if not len(rows):
        names = ("item", "column", "value", "low", "high", "certainty")
        output.write_tables(path, [pa.table({name: pa.array([], pa.string()) for name in names})], schema)
        return
    x, condition = np.asarray(read.x[rows]), None if read.condition is None else read.condition[rows]
    value = schema.tidy(schema.unscale(expected[rows]))
    fillings = model.impute(x, condition=condition, draws=SPREAD_DRAWS, samples=samples, seed=seed)
    drawn = np.stack([schema.tidy(schema.unscale(filling)) for filling in fillings])
    low, high = np.quantile(drawn, [0.05, 0.95], axis=0)
    texts = [[column.cast(pa.string()).to_pylist() for column in schema.decode(values).columns]
             for values in (value, low, high)]
    record: dict[str, list[Any]] = {name: [] for name in ("item", "column", "value", "low", "high", "certainty")}
    for row, place in zip(*np.nonzero(missing[rows]), strict=True):
        is_ordered = schema.columns[place].kind not in {"boolean", "category"}
        shown = [columns[place][row] for columns in texts]
        agree = float((drawn[:, row, place] == value[row, place]).mean())
        found = (str(read.ids[rows[row]]), schema.names[place], shown[0], *(shown[1:] if is_ordered else (None, None)),
                 None if is_ordered else agree)
        for name, cell in zip(record, found, strict=True):
            record[name].append(cell)
    types = [pa.string()] * 5 + [pa.float64()]
    table = pa.table([pa.array(cells, kind) for cells, kind in zip(record.values(), types, strict=True)], list(record))
    output.write_tables(path, [table], schema)
