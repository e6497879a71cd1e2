"""Measure a trained run: bounds, codes, classes and, for a table, its synthetic rows and filled gaps."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from zukan import checks, files, precision
from zukan.runs import Run, tables
from zukan.runs.generation import classifier_of
from zukan.runs.lock import locked
from zukan.runs.sections import SECTIONS
from zukan.runs.subject import Subject

INFINITE = ("Some of its numbers are infinite or NaN: the model cannot describe some of the items. Look for them with "
            "zukan score.")


def evaluate(run: Run | str | Path, data: Any = None, out: str | Path | None = None, *, draws: int = 5000, ais: int = 0,
             only: str | Sequence[str] | None = None, count: int | None = None, target: str | None = None,
             classifier: str | Path | None = None, seed: int = 0,
             log: Callable[[str], None] = lambda _: None) -> dict[str, Any]:
    """Measure the model of a run on its test items, or on other items, and write the numbers as JSON.

    z is always drawn from q(z|x), so that bounds are bounds. Each section of the result says what it was computed from.

    Parameters
    ----------
    run : Run or path
        A finished run.
    data : str, path, array, mapping or tuple, optional
        A source for `zukan.data.load`; by default the run's test items.
    out : path, optional
        A ``.json`` file for the result. By default ``evaluation.json`` in the run, which the report shows, if the items
        are the run's test items; its other sections stay. For other items, nothing is written by default.
    draws : int, default 5000
        Draws of z for each item, for the importance-weighted bound (arXiv:1509.00519).
    ais : int, default 0
        Number of items for annealed importance sampling (doi:10.1023/A:1008923215028), which checks that bound and
        takes much longer; 0 for none.
    only : str or sequence of str, optional
        Names of the sections to compute; by default all.
    count : int, optional
        For a table: number of rows to draw; by default as many as the run was trained on.
    target : str, optional
        For a table: the column that models predict from the others; by default the last boolean or category, or else
        the last one.
    classifier : path, optional
        For images with labels: a run whose ``classifier.npz`` is used to compare real and generated ones. By default
        the run's own, which is trained if there is none; with the same data, it is the same.
    seed : int, default 0
        Seed of all random numbers.
    log : callable
        Called with a line of text when a stage begins.

    Returns
    -------
    dict
        Values that JSON can hold, by section; `zukan.runs.sections.SECTIONS` lists them in order. Quantities are in
        nats per item, and ``NAME_standard_error`` belongs to the average ``NAME`` over the items. ``seconds`` has the
        time of each section, and ``absent`` a sentence for each section that does not apply to the run or the items.

    Raises
    ------
    zukan.InputError
        If the run is not finished, its data has changed, ``data`` does not fit its model, ``classifier`` has none for
        such images, or another argument is wrong.
    """
    chosen = tuple(SECTIONS) if only is None else (only,) if isinstance(only, str) else only
    names = [checks.choice("only", name, tuple(SECTIONS)) for name in chosen]
    if out is not None:
        checks.choice("the ending of the output file", Path(out).suffix.lower(), (".json",))
    if count is not None:
        checks.integer("count", count)
    run = run if isinstance(run, Run) else Run.open(run)
    if target is not None:
        checks.choice("target", target, tables.schema_of(run).names)
    subject = Subject(run, data, checks.integer("draws", draws), checks.integer("ais", ais, minimum=0),
                      checks.integer("seed", seed, minimum=0), count, target, classifier, log)
    if classifier is not None and "generation" in names:
        classifier_of(Run.open(classifier), run.model.event_shape)  # before sections that take minutes
    log(f"Reading {run.source if data is None else 'the items'}")
    result: dict[str, Any] = {}
    absent: dict[str, str] = {}
    seconds: dict[str, float] = {}
    with precision.products(run.recipe.precision):
        for name in SECTIONS:
            if name not in names:
                continue
            log(f"Measuring: {SECTIONS[name].title}")
            start = time.perf_counter()
            numbers = SECTIONS[name].measure(subject)
            if isinstance(numbers, str) or not _is_finite(numbers):
                absent[name] = numbers if isinstance(numbers, str) else INFINITE
            else:
                result[name], seconds[name] = numbers, round(time.perf_counter() - start, 3)
    result |= {"absent": absent, "seconds": seconds}
    if out is not None:
        _write(Path(out), result)
    elif data is None:
        with locked(run.path):
            _write(run.file(Run.EVALUATION), _joined(run.evaluation, result, names))
    return result


def _joined(before: dict[str, Any], now: dict[str, Any], measured: Sequence[str]) -> dict[str, Any]:
    """Return an evaluation with the sections of an earlier one that were not measured again."""
    kept = {name for name in SECTIONS if name not in measured}
    parts = {part: {name: text for name, text in before.get(part, {}).items() if name in kept} | now[part]
             for part in ("absent", "seconds")}
    sections = {name: now.get(name, before.get(name) if name in kept else None) for name in SECTIONS}
    return {name: numbers for name, numbers in sections.items() if numbers is not None} | parts


def _is_finite(value: Any) -> bool:
    """Return whether all numbers in a section are finite."""
    if isinstance(value, (dict, list)):
        return all(map(_is_finite, value.values() if isinstance(value, dict) else value))
    return not isinstance(value, float) or math.isfinite(value)


def _write(path: Path, result: dict[str, Any]) -> None:
    files.write_text(path, json.dumps(result, indent=2, allow_nan=False) + "\n")
