"""Images that the model makes up: draws from the prior, decoded."""

from __future__ import annotations

import math
from typing import Any

from matplotlib.axes import Axes

from zukan.plots import display, style
from zukan.plots.images import blank, draw, pixels, size


@style.look
def samples(images: Any, ax: Axes | None = None) -> display.Display:
    """Draw prior samples as a sheet that is as square as their number allows.

    Parameters
    ----------
    images : array of shape (n, *event)
        Decoded draws from the prior.
    ax : matplotlib Axes, optional
        Where to draw.

    Returns
    -------
    Display
        ``numbers``: ``count``, ``rows`` and ``columns``.
    """
    tiles = pixels("images", images, "n")
    count, (high, wide) = len(tiles), tiles.shape[1:3]
    columns = min(count, math.ceil(math.sqrt(count * high / wide)))
    rows = math.ceil(count / columns)
    sheet = blank(tiles, rows * columns).reshape(rows, columns, *tiles.shape[1:])
    width, height = size(sheet, min(0.8 * columns, 6.4))
    ax = style.axes(ax, width + 0.2, height + 0.4)
    draw(ax, sheet)
    ax.set(xticks=[], yticks=[])
    ax.set_title("Samples from the prior")
    return display.of(ax, count=count, rows=rows, columns=columns)
