"""The code of an item, decoded under every class."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from zukan.plots import display, style, validate
from zukan.plots.class_labels import room, shortened
from zukan.plots.images import draw_sheet, pixels, sheet_size


@style.styled
def under_classes(x: Any, images: Any, class_names: Sequence[str], ax: Axes | None = None) -> display.Display:
    """Draw one row per item: the original, then its code decoded under every class.

    Parameters
    ----------
    x : array of shape (n, *event)
        The originals. NaN is a missing value.
    images : array of shape (n, k, *event)
        ``images[i, j]`` is the code of item i, decoded under class j.
    class_names : sequence of k str
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    Display
        ``numbers``: ``rows`` and ``class_names``.
    """
    originals = validate.array("x", x, "(n, *event)", min_ndim=2, missing=True)
    decoded = validate.array("images", images, "(n, k, *event)", min_ndim=3)
    validate.same_length("images", decoded, len(originals), "items of x")
    names = validate.texts("class_names", class_names, decoded.shape[1], "columns of images")
    validate.same_shape({"x": originals, "the first column of images": decoded[:, 0]})
    tiles = pixels("images", np.concatenate([originals[:, None], decoded], axis=1), "n, k", missing=True)
    width, height = sheet_size(tiles, min(0.72 * tiles.shape[1], 9.0))
    shown = ["original", *map(shortened, names)]
    long = max(map(len, shown[1:])) > 6
    ax = style.axes(ax, width + 0.3, height + 0.9 + room(shown) * long)
    draw_sheet(ax, tiles)
    ax.set(yticks=[], xticks=range(len(shown)))
    ax.set_xticklabels(shown, rotation=90 if long else 0)
    ax.set_title("One code under every condition")
    return display.from_axes(ax, rows=len(originals), class_names=names)
