"""Items of a data set, one row per class."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from zukan import checks
from zukan.plots import display, style, validate
from zukan.plots.class_labels import shortened
from zukan.plots.images import draw_sheet, pad_tiles, pixels, sheet_size

ROWS, COLUMNS, UNLABELED = 20, 12, 96  # at most: classes, items per class, and items if there are no labels


@style.styled
def contact_sheet(images: Any, labels: Any = None, names: Sequence[Any] | None = None,
                  ax: Axes | None = None, *, starts: Any = None, title: str = "") -> display.Display:
    """Draw a selection of evenly spaced items: one row per class or, without labels, a nearly square sheet.

    Parameters
    ----------
    images : array of shape (n, *event)
        NaN is a missing value.
    labels : int array of shape (n,), optional
    names : sequence, optional
        Class names by label.
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure.
    starts : array of shape (rows, *event), optional
        What each row starts with, apart from its items.
    title : str, optional
        By default how many of the items are drawn.

    Returns
    -------
    Display
        ``numbers``: ``rows``, a list with the item numbers of each row.
    """
    rows, row_names = _rows(images, labels, names)
    columns = max(map(len, rows))
    tiles = pixels("images", images[np.concatenate(rows)], "n", missing=True)
    sheet = np.stack([pad_tiles(row, columns) for row in np.split(tiles, np.cumsum([*map(len, rows)])[:-1])])
    if starts is not None:
        first = pixels("starts", starts, "rows")
        validate.same_length("starts", first, len(rows), "rows")
        sheet = np.concatenate([first[:, None], np.full_like(sheet[:, :1], 255), sheet], axis=1)
        columns += 2
    width, height = sheet_size(sheet, min(0.75 * columns, 8.0), max_height=12.0)
    ax = style.axes(ax, width + (1.1 if row_names else 0.2), height + 0.5)
    draw_sheet(ax, sheet)
    ax.set(xticks=[], yticks=range(len(row_names)) if row_names else [])
    if row_names:
        ax.set_yticklabels(row_names)
    ax.set_title(title or f"{sum(map(len, rows))} of {len(images):,} items")
    return display.from_axes(ax, rows=rows)


def _rows(images: Any, labels: Any, names: Sequence[Any] | None) -> tuple[list[list[int]], list[str]]:
    """Return the item numbers of each row, and the names of the rows if they are classes."""
    if not len(images):
        raise checks.InputError("images must not be empty, got none; pass at least one item")
    if labels is None:
        count = min(len(images), UNLABELED)
        columns = math.ceil(math.sqrt(count * 1.5))
        chosen = _evenly_spaced(np.arange(len(images)), count)
        return [chosen[i : i + columns] for i in range(0, count, columns)], []
    validate.same_length("labels", labels, len(images), "images")
    classes = np.unique(labels)[:ROWS]
    row_names = [shortened(str(label if names is None else names[label])) for label in classes.tolist()]
    return [_evenly_spaced(np.flatnonzero(labels == label), COLUMNS) for label in classes], row_names


def _evenly_spaced(items: Any, count: int) -> list[int]:
    """Return up to ``count`` of ``items``, evenly spaced from the first to the last."""
    places = np.unique(np.linspace(0, len(items) - 1, min(count, len(items))).astype(int))
    chosen: list[int] = items[places].tolist()
    return chosen
