"""Draw or write the path from one item to another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from zukan import checks, plots
from zukan.commands import output
from zukan.evaluation.pairs import unlike_pair
from zukan.runs import Run
from zukan.runs.data import Read, read_items, read_splits


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
    if first is None or second is None:
        items = read_items(run, data, log)
        pair = unlike_pair(items.labels, run.model.encode(items.x, condition=items.condition))
        if pair is None:
            raise checks.InputError("data must hold at least two items, got 1; give more")
        ends = [(items, place) for place in pair]
    else:
        splits = read_splits(run) if data is None else (read_items(run, data, log),)
        ends = [_found(name, item, splits) for name, item in (("first", first), ("second", second))]
    conditions = [items.condition[place] for items, place in ends if items.condition is not None]
    a, b = (items.x[place] for items, place in ends)
    morph = run.model.interpolate(a, b, condition=np.array(conditions) if conditions else None, steps=steps)
    output.write_items(out, run, morph, picture=lambda: plots.morph(morph),
                       animation=lambda: plots.gif(morph, there_and_back=True))
    first_name, second_name = (str(items.ids[place]) for items, place in ends)
    labels = [str(items.labels[place]) for items, place in ends if items.labels is not None]
    return Ends((first_name, second_name), (labels[0], labels[1]) if len(labels) == 2 else None)


def _found(argument: str, item: int | str, splits: Sequence[Read]) -> tuple[Read, int]:
    """Return the items among which there is the one with this name, or else this row number, and its position."""
    named = splits[0].ids.dtype.kind == "U"
    count = sum(len(part.rows) for part in splits)
    if named:
        for part in splits:
            places = np.flatnonzero(part.ids == str(item))
            if len(places):
                return part, int(places[0])
    is_row = not isinstance(item, str) or item.isdecimal()
    if not is_row and not named:
        raise checks.InputError(f"{argument} must be the row number of an item, got {item!r}; give a number from 0 to "
                                f"{count - 1}")
    if is_row and checks.integer(argument, int(item), minimum=0) >= count:
        raise checks.InputError(f"{argument} must be below the number of items, {count}, got {item}")
    for part in splits if is_row else ():
        places = np.flatnonzero(part.rows == int(item))
        if len(places):
            return part, int(places[0])
    raise checks.InputError(f"{argument} must be the row number or the name of an item, got {item!r}; give a number "
                            f"from 0 to {count - 1}, or a name, such as {str(splits[0].ids[0])!r}")
