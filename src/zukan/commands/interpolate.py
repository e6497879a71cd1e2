"""Draw or write the path from one item to another."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from zukan import checks, plots
from zukan.commands import output
from zukan.evaluation.pairs import unlike_pair
from zukan.runs import Run
from zukan.runs.data import Read, read_items


class Ends(NamedTuple):
    """The two items at the ends of a path.

    Attributes
    ----------
    items : (str, str)
        Their file names, or their row numbers in the source, counted from 0.
    labels : (str, str), or None
        Their classes.
    """

    items: tuple[str, str]
    labels: tuple[str, str] | None

    def __str__(self) -> str:
        first, second = self.items if self.labels is None else (
            f"{item} ({label})" for item, label in zip(self.items, self.labels, strict=True))
        return f"from item {first} to item {second}"


def interpolate(path: str | Path, first: int | str | None, second: int | str | None, data: Any, out: str | Path, *,
                steps: int = 21, log: Callable[[str], None] = lambda _: None) -> Ends:
    """Decode points on the straight line between the codes of two items, and draw them or write them to a table.

    Parameters
    ----------
    path : path
        The run folder.
    first, second : int, str or None
        The two items: their row numbers in the source, counted from 0, or their file names. None for two items of
        different classes or, if there is one class or none, two items whose codes are far apart.
    data : str, path, array, mapping or tuple, or None
        A source for `zukan.data.load`; None for the data of the run.
    out : path
        An animation (``.gif``), a strip of images (``.png``), or a table (``.csv``, ``.npz``, ``.parquet``) in the
        units of the data.
    steps : int
        Number of points, both ends included.
    log : callable
        Called with each note on how ``data`` was read.

    Returns
    -------
    Ends
        Which items these are.
    """
    out = Path(out)
    output.check_ending(out, output.TABLES + output.PICTURES)
    if (first is None) != (second is None):
        raise checks.InputError("second must be given with first, got one item; give two, or none")
    run = Run.open(path)
    found = read_items(run, run.source if data is None and first is not None else data, log)
    if first is None or second is None:
        pair = unlike_pair(found.labels, run.model.encode(found.x, condition=found.condition))
        if pair is None:
            raise checks.InputError("data must hold at least two items, got 1; give more")
        a, b = pair
    else:
        a, b = (_position(name, item, found) for name, item in (("first", first), ("second", second)))
    ends = None if found.condition is None else found.condition[[a, b]]
    morph = run.model.interpolate(found.x[a], found.x[b], condition=ends, steps=steps)
    output.write_items(out, run, morph, picture=lambda: plots.morph(morph),
                       animation=lambda: plots.gif(morph, there_and_back=True))
    labels = None if found.labels is None else (str(found.labels[a]), str(found.labels[b]))
    return Ends((str(found.ids[a]), str(found.ids[b])), labels)


def _position(argument: str, item: int | str, found: Read) -> int:
    """Return the position of an item that is given by its row number or its file name."""
    if isinstance(item, str) and not item.isdecimal():
        places = np.flatnonzero(found.ids == item) if found.ids.dtype.kind == "U" else []
        if not len(places):
            names = f", or a name, such as {str(found.ids[0])!r}" if found.ids.dtype.kind == "U" else ""
            either = "row number or the name" if names else "row number"
            raise checks.InputError(f"{argument} must be the {either} of an item, got "
                                    f"{item!r}; give a row number from 0 to {len(found.x) - 1}{names}")
        return int(places[0])
    row = checks.integer(argument, int(item), minimum=0)
    if row >= len(found.x):
        raise checks.InputError(f"{argument} must be below the number of items, {len(found.x)}, got {row}")
    return row
