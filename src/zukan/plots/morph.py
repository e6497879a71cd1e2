"""Images along the straight line between two codes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from zukan import checks
from zukan.plots import display, lines, style, validate
from zukan.plots.class_labels import shortened
from zukan.plots.images import draw_sheet, pixels, sheet_size


@style.styled
def morph(images: Any, labels: Sequence[str] | None = None, ax: Axes | None = None) -> display.Display:
    """Draw images decoded at equal steps between two codes; the first and the last have a frame.

    Parameters
    ----------
    images : array of shape (n, *event)
        From the first code to the second, n at least 2.
    labels : (str, str), optional
        Labels of the first and the last image, for example their classes.
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    Display
        ``numbers``: ``weights`` (n,), the weight of the second code in each image, from 0 to 1.
    """
    tiles = pixels("images", images, "n")[None]
    count = tiles.shape[1]
    if count < 2:
        raise checks.InputError("images must hold at least the two ends, got 1 image; pass at least 2")
    texts = validate.texts("labels", labels, 2, "ends") if labels is not None else []
    ends = (0, count - 1)
    weights = np.linspace(0.0, 1.0, count)
    width, height = sheet_size(tiles, min(0.85 * count, 9.0))
    ax = style.axes(ax, width + 0.3, height + (1.0 if texts else 0.85))
    draw_sheet(ax, tiles, gap=0.1)
    for end in ends:
        ax.add_patch(Rectangle((end - 0.48, -0.48), 0.96, 0.96, fill=False, edgecolor=style.VERMILION,
                               linewidth=1.8, clip_on=False))
    for end, text, side, edge in zip(ends, texts, ("left", "right"), (-0.48, 0.48), strict=False):
        short = shortened(text, 40)
        inward = len(short) > 8  # a longer text does not fit above its picture
        ax.annotate(short, (end + edge * inward, -0.5), xytext=(0, 4), textcoords="offset points", va="bottom",
                    ha=side if inward else "center", color=style.VERMILION, fontweight="bold")
    every = -(-count // 16)
    ticks = [*range(0, count - every, every), count - 1]
    ax.set_xticks(ticks, [f"{weights[tick]:.3g}" for tick in ticks])
    ax.set_yticks([])
    noun = "item" if np.ndim(images) == 2 or lines.drawn() else "image"
    ax.set_xlabel(f"weight of the second {noun}")
    ax.set_title(f"Between two {noun}s", pad=22 if texts else None)
    return display.from_axes(ax, weights=weights)
