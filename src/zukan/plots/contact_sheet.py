"""Items as they were read, a row a class."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from zukan import checks
from zukan.plots import display, given, style
from zukan.plots.images import blank, draw, pixels, size

ROWS, COLUMNS = 20, 12


@style.look
def contact_sheet(images: Any, labels: Any = None, names: Sequence[Any] | None = None,
                  ax: Axes | None = None) -> display.Display:
    """Draw items spread evenly over the data: with labels a row for each class, else as square a sheet as fits.

    Parameters
    ----------
    images : array of shape (n, *event)
    labels : int array of shape (n,), optional
    names : sequence, optional
        What the classes are called, by label.
    ax : matplotlib Axes, optional
        Where to draw.

    Returns
    -------
    Display
        ``numbers``: ``rows``, a list of the item numbers of each row.
    """
    rows, called = _rows(images, labels, names)
    columns = max(map(len, rows))
    first = pixels("images", images[rows[0]], "n")
    tiles = [first, *(pixels("images", images[row], "n") for row in rows[1:])]
    sheet = np.stack([blank(each, columns) for each in tiles])
    width, height = size(sheet, min(0.75 * columns, 8.0), tallest=12.0)
    ax = style.axes(ax, width + (1.1 if called else 0.2), height + 0.5)
    draw(ax, sheet)
    ax.set(xticks=[], yticks=range(len(called)) if called else [])
    if called:
        ax.set_yticklabels(called)
    ax.set_title(f"{sum(map(len, rows))} of {len(images):,} items")
    return display.of(ax, rows=rows)


def _rows(images: Any, labels: Any, names: Sequence[Any] | None) -> tuple[list[list[int]], list[str]]:
    """Return the item numbers of each row, and what the rows are called."""
    if not len(images):
        raise checks.InputError("images must not be empty, got none; pass at least one item")
    if labels is None:
        count = min(len(images), 96)
        columns = math.ceil(math.sqrt(count * 1.5))
        spread = _spread(np.arange(len(images)), count)
        return [spread[i : i + columns] for i in range(0, count, columns)], []
    given.same("labels", labels, len(images), "images")
    classes = np.unique(labels)[:ROWS]
    called = [str(name if names is None else names[name])[:24] for name in classes.tolist()]
    return [_spread(np.flatnonzero(labels == name), COLUMNS) for name in classes], called


def _spread(rows: Any, count: int) -> list[int]:
    """Return up to ``count`` of ``rows``, evenly from first to last."""
    chosen: list[int] = rows[np.unique(np.linspace(0, len(rows) - 1, min(count, len(rows))).astype(int))].tolist()
    return chosen
