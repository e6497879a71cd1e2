"""Fill the missing values of a data set."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from zukan import checks
from zukan.commands import output
from zukan.runs import Run
from zukan.runs.data import read_items


def impute(path: str | Path, data: Any, out: str | Path, *, draws: int | None = None, samples: int = 100,
           seed: int = 0, log: Callable[[str], None] = lambda _: None) -> tuple[int, int]:
    """Write ``data`` with its missing values filled by the model of a run, in the units of the data.

    Parameters
    ----------
    path : path
        A run that was trained with ``missing=True``.
    data : str, path, array, mapping or tuple
        A source for `zukan.data.load`; NaN, and an empty cell of a table, is a missing value.
    out : path
        A ``.csv`` or ``.parquet`` file with one row per item; or an ``.npz`` file with the array ``x`` in the shape of
        the items.
    draws : int, optional
        Number of fillings, each a random draw; a table then has a column ``draw``, and ``x`` has that first axis. By
        default one filling, with expected values.
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
    run = Run.open(path)
    if not run.model.missing:
        raise checks.InputError(
            f"impute needs a run that was trained with missing values, but {str(run.path)!r} was trained without; "
            "train one with --missing")
    x, labels, condition, *_ = read_items(run, data, log)
    filled = run.model.impute(x, condition=condition, draws=draws, samples=samples, seed=seed)
    columns, arrays = output.table(run, filled)
    if draws is not None:
        columns = {"draw": np.repeat(np.arange(draws), len(x))} | columns
    if labels is not None:
        columns[run.recipe.label or "label"], arrays["y"] = np.tile(labels, draws or 1), labels
    output.write_table(out, columns, arrays=arrays)
    return len(x), int(np.isnan(np.asarray(x[:])).sum())
