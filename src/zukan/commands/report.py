"""Evaluate a run again and rewrite its report."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from zukan.report import write_atlas
from zukan.runs import Run
from zukan.runs.data import reload
from zukan.runs.lock import locked


def report(path: str | Path, *, log: Callable[[str], None] = lambda _: None) -> Run:
    """Evaluate a trained run again and rewrite ``metrics.json``, the figures and ``index.html``.

    Parameters
    ----------
    path : path
        The run folder.
    log : callable
        Called with a line of text when a stage begins.

    Returns
    -------
    Run

    Raises
    ------
    zukan.InputError
        If the run has no model yet, another command writes it, or its data has changed.
    """
    run = Run.open(path)
    vae = run.model
    with locked(run.path):
        log(f"Reading {run.source}")
        write_atlas(run, vae, reload(run), log)
    return run
