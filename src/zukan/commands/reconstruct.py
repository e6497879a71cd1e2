"""Draw or write reconstructions."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from zukan import checks, plots
from zukan.commands import output
from zukan.evaluation.selection import few_of_each
from zukan.runs import Run
from zukan.runs.data import read_items


def reconstruct(path: str | Path, data: Any, out: str | Path, *, count: int = 10, seed: int = 0,
                log: Callable[[str], None] = lambda _: None) -> None:
    """Draw items of ``data`` above their reconstructions, or write the reconstructions to a table.

    Parameters
    ----------
    path : path
        The run folder.
    data : str, path, array, mapping or tuple, or None
        A source for `zukan.data.load`; None for the test items of the run.
    out : path
        A picture (``.png``, ``.gif``) with two reconstructions per item, from the mean of q(z|x) and from a sample; or
        a table (``.csv``, ``.npz``, ``.parquet``) of the reconstructions from the mean, in the units of the data.
    count : int
        Number of items: a few of each class in a picture, the first ones in a table.
    seed : int
        Seed of the samples.
    log : callable
        Called with each note on how ``data`` was read.
    """
    out = Path(out)
    output.check_ending(out, output.TABLES + output.PICTURES)
    run = Run.open(path)
    x, labels, condition, *_ = read_items(run, data, log)
    rows = few_of_each(None if out.suffix.lower() in output.TABLES else labels, checks.integer("count", count), len(x))
    x, condition = x[rows], None if condition is None else condition[rows]
    mean, sampled = (run.model.reconstruct(x, condition=condition, sample=drawn, seed=seed) for drawn in (False, True))
    output.write_items(out, run, mean, picture=lambda: plots.reconstructions(x, mean, sampled),
                       animation=lambda: plots.gif(np.concatenate([x, mean, sampled], axis=2 if x.ndim > 2 else 1)))
