"""New items decoded from samples of the prior."""

from __future__ import annotations

import math
from typing import Any

from matplotlib.axes import Axes

from zukan.plots import display, style
from zukan.plots.images import draw_sheet, pad_tiles, pixels, sheet_size


@style.styled
def samples(images: Any, ax: Axes | None = None) -> display.Display:
    """Draw new items on a nearly square sheet.

    Parameters
    ----------
    images : array of shape (n, *event)
        Decoded samples of the prior.
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    Display
        ``numbers``: ``count``, ``rows`` and ``columns``.
    """
    tiles = pixels("images", images, "n")
    count, (high, wide) = len(tiles), tiles.shape[1:3]
    columns = min(count, math.ceil(math.sqrt(count * high / wide)))
    rows = math.ceil(count / columns)
    sheet = pad_tiles(tiles, rows * columns).reshape(rows, columns, *tiles.shape[1:])
    width, height = sheet_size(sheet, min(0.8 * columns, 6.4))
    ax = style.axes(ax, width + 0.2, height + 0.4)
    draw_sheet(ax, sheet)
    ax.set(xticks=[], yticks=[])
    ax.set_title("Samples from the prior")
    return display.from_axes(ax, count=count, rows=rows, columns=columns)
