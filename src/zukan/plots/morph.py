"""The way from one image to another through the latent space."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from zukan import checks
from zukan.plots import display, given, style
from zukan.plots.images import draw, pixels, size


@style.look
def morph(images: Any, labels: Sequence[str] | None = None, ax: Axes | None = None) -> display.Display:
    """Draw decoded images at equal steps between two latent points, the ends framed.

    Parameters
    ----------
    images : array of shape (n, *event)
        From the first end to the second, n at least 2.
    labels : (str, str), optional
        What the two ends are, such as their classes.
    ax : matplotlib Axes, optional
        Where to draw.

    Returns
    -------
    Display
        ``numbers``: ``weights`` (n,), the part of the second end in each image, from 0 to 1.
    """
    tiles = pixels("images", images, "n")[None]
    count = tiles.shape[1]
    if count < 2:
        raise checks.InputError("images must hold at least the two ends, got 1 image; pass at least 2")
    ends = given.texts("labels", labels, 2, "ends") if labels is not None else []
    weights = np.linspace(0.0, 1.0, count)
    width, height = size(tiles, min(0.85 * count, 9.0))
    ax = style.axes(ax, width + 0.3, height + (1.0 if ends else 0.85))
    draw(ax, tiles, gap=0.1)
    for place in (0, count - 1):
        ax.add_patch(Rectangle((place - 0.48, -0.48), 0.96, 0.96, fill=False, edgecolor=style.VERMILION,
                               linewidth=1.8, clip_on=False))
    for place, text in zip((0, count - 1), ends, strict=False):
        ax.annotate(text, (place, -0.5), xytext=(0, 4), textcoords="offset points", ha="center", va="bottom",
                    color=style.VERMILION, fontweight="bold")
    every = -(-count // 16)
    shown = [*range(0, count - every, every), count - 1]
    ax.set_xticks(shown, [f"{weights[place]:.3g}" for place in shown])
    ax.set_yticks([])
    noun = "item" if np.ndim(images) == 2 else "image"
    ax.set_xlabel(f"weight of the second {noun}, t")
    ax.set_title(f"Between two {noun}s", pad=22 if ends else None)
    return display.of(ax, weights=weights)
