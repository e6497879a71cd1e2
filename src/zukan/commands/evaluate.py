"""Measure how good the synthetic rows and the filled gaps of a table's model are."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from zukan import checks, files
from zukan.evaluation.tables.imputation import imputation
from zukan.evaluation.tables.quality import quality
from zukan.runs import Run, tables
from zukan.runs.data import reload

MODEL = "this model"  # its name among the imputers


def evaluate(path: str | Path, out: str | Path | None = None, *, count: int | None = None, target: str | None = None,
             seed: int = 0, log: Callable[[str], None] = lambda _: None) -> dict[str, Any]:
    """Draw rows from the model of a run and compare them with the run's rows; fill hidden cells, if the model can.

    Parameters
    ----------
    path : path
        A run that was trained on a table.
    out : path, optional
        A ``.json`` file for the result.
    count : int, optional
        Number of rows to draw; by default as many as the run was trained on.
    target : str, optional
        The column that models predict from the others; by default the last boolean or category, or else the last one.
    seed : int
        Seed of the rows that are drawn, of the cells that are hidden, and of the models that measure.
    log : callable
        Called with a line of text when a stage begins.

    Returns
    -------
    dict
        Values that JSON can hold: ``quality``, as `zukan.evaluation.tables.quality` returns it, and ``imputation``, as
        `zukan.evaluation.tables.imputation` returns it, with the model among the ``methods`` as "this model"; None if
        the run was trained without missing values, with a condition, or with a posterior that has no density.

    Raises
    ------
    zukan.InputError
        If the run is not finished, was not trained on a table, or ``target`` is none of its columns.
    """
    if out is not None:
        checks.choice("the ending of the output file", Path(out).suffix.lower(), (".json",))
    if count is not None:
        checks.integer("count", count)
    run = Run.open(path)
    tables.schema_of(run)  # raises if the run was not trained on a table
    log(f"Reading {run.source}")
    dataset = reload(run)
    schema, train, test = tables.raw_splits(run, dataset)
    if target is not None:
        checks.choice("target", target, schema.names)
    rows = checks.integer("count", len(train) if count is None else count)
    log(f"Drawing {checks.plural(rows, 'row')}")
    synthetic = tables.synthetic(run, rows, seed, dataset=dataset)
    log("Comparing them with the rows of the run")
    result: dict[str, Any] = {"quality": quality(schema, train, test, synthetic, target=target, seed=seed),
                              "imputation": None}
    if run.model.missing and run.model.density and not run.model.shapes.condition_dim:
        log("Filling hidden cells")
        result["imputation"] = imputation(schema, train, test, {MODEL: tables.filler(run)}, seed=seed)
    if out is not None:
        files.write_text(Path(out), json.dumps(result, indent=2, allow_nan=False) + "\n")
    return result
