"""Draw or write new items."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from zukan import checks, plots
from zukan.commands import output
from zukan.objectives import Reconstruction
from zukan.runs import Run
from zukan.runs.data import class_names
from zukan.training.conditions import class_numbers


def sample(path: str | Path, out: str | Path, *, count: int = 64, condition: Any = None, seed: int = 0,
           log: Callable[[str], None] = lambda _: None) -> None:
    """Decode samples of the prior, and draw them or write them to a table.

    Parameters
    ----------
    path : path
        The run folder.
    out : path
        A picture (``.png``, ``.gif``), or a table (``.csv``, ``.npz``, ``.parquet``) in the units of the data,
        with the class of each item if the run has a condition.
    count : int
        Number of items.
    condition : str or int, optional
        For a run with a condition, the class of all items: its label. By default all classes in turn.
    seed : int
        Seed of the samples.
    log : callable
        Called with a line of text if the prior was not trained for sampling.

    Raises
    ------
    zukan.InputError
        If the run is not finished or has no such class.
    """
    out = Path(out)
    run = Run.open(path)
    output.check_ending(out, output.TABLES + output.PICTURES)
    labels = _labels(run, condition, checks.integer("count", count))
    classes = None if labels is None else class_numbers(labels, class_names(run))
    if isinstance(run.model.objective, Reconstruction):
        log("Note: the prior had no part in this training, so samples from it need not look like the data")
    x = run.model.sample(count, condition=classes, seed=seed)
    output.write_items(out, run, x, picture=lambda: plots.samples(x), animation=lambda: plots.gif(x), labels=labels)


def _labels(run: Run, condition: Any, count: int) -> np.ndarray | None:
    """Return the class of each item; None if the run has no condition."""
    if not run.model.shapes.condition_dim:
        if condition is not None:
            raise checks.InputError(
                f"condition must be left out, since run {str(run.path)!r} was trained without one, got "
                f"{checks.show(condition)}; train with --condition label")
        return None
    return np.resize(np.array(class_names(run) if condition is None else [str(condition)]), count)
