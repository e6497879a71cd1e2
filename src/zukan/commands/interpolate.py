"""Draw or write the path from one item to another."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from zukan import checks, plots
from zukan.commands import output
from zukan.runs import Run
from zukan.runs.data import read_items


def interpolate(path: str | Path, first: int, second: int, data: Any, out: str | Path, *, steps: int = 21,
                log: Callable[[str], None] = lambda _: None) -> None:
    """Decode points on the straight line between the codes of two items, and draw them or write them to a table.

    Parameters
    ----------
    path : path
        The run folder.
    first, second : int
        Row numbers of the two items in ``data``, from 0.
    data : str, path, array, mapping or tuple, or None
        A source for `zukan.data.load`; None for the test items of the run.
    out : path
        An animation (``.gif``), a strip of images (``.png``), or a table (``.csv``, ``.npz``, ``.parquet``) in the
        units of the data.
    steps : int
        Number of points, both ends included.
    log : callable
        Called with each note on how ``data`` was read.
    """
    out = Path(out)
    output.check_ending(out, output.TABLES + output.PICTURES)
    run = Run.open(path)
    x, _, condition, _ = read_items(run, data, log)
    for name, row in (("first", first), ("second", second)):
        if checks.integer(name, row, minimum=0) >= len(x):
            raise checks.InputError(f"{name} must be below the number of items, {len(x)}, got {row}")
    ends = None if condition is None else condition[[first, second]]
    morph = run.model.interpolate(x[first], x[second], condition=ends, steps=steps)
    output.write_items(out, run, morph, picture=lambda: plots.morph(morph),
                       animation=lambda: plots.gif(morph, there_and_back=True))
