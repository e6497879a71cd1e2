"""New items decoded from samples of the prior."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes

from zukan.plots import display, style, validate
from zukan.plots.class_labels import room, shortened
from zukan.plots.images import draw_sheet, pad_tiles, pixels, sheet_size


@style.styled
def samples(images: Any, class_names: Sequence[str] | None = None, ax: Axes | None = None) -> display.Display:
    """Draw new items on a nearly square sheet; with ``class_names``, in one row per class.

    Parameters
    ----------
    images : array of shape (n, *event), or (k, n, *event) with ``class_names``
        Decoded samples of the prior.
    class_names : sequence of k str, optional
        The class of each row.
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    Display
        ``numbers``: ``count``, ``rows`` and ``columns``.
    """
    if class_names is None:
        tiles = pixels("images", images, "n")
        count, (high, wide) = len(tiles), tiles.shape[1:3]
        columns = min(count, math.ceil(math.sqrt(count * high / wide)))
        rows = math.ceil(count / columns)
        sheet, names = pad_tiles(tiles, rows * columns).reshape(rows, columns, *tiles.shape[1:]), []
    else:
        sheet = pixels("images", images, "k, n")
        names = validate.texts("class_names", class_names, len(sheet), "rows of images")
        rows, columns = sheet.shape[:2]
        count = rows * columns
    width, height = sheet_size(sheet, min(0.8 * columns, 6.4))
    shown = list(map(shortened, names))
    ax = style.axes(ax, max(width, 2.3) + 0.2 + room(shown), height + 0.4)
    draw_sheet(ax, sheet)
    ax.set(xticks=[], yticks=range(len(names)))
    ax.set_yticklabels(shown)
    ax.set_title("Samples from the prior")
    return display.from_axes(ax, count=count, rows=rows, columns=columns)
