"""Strange items, what the model makes of them, and where they are strange."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes

from zukan.plots import bars, display, given, style
from zukan.plots.images import draw, one_shape, pixels, size

ROWS = ["item", "through\nthe mean", "strange\nwhere"]


@style.look
def anomalies(x: Any, mean: Any, excess: Any, scores: Any, ax: Axes | None = None) -> display.Display:
    """Draw items above their reconstructions and their excess, with the score below.

    Parameters
    ----------
    x, mean : array of shape (n, *event)
        The items and their reconstructions.
    excess : array of shape (n, *event)
        Nats that each element costs beyond what is usual; channels are added up, and what is below 0 is left blank.
    scores : array of shape (n,)
        In nats.
    ax : matplotlib Axes, optional
        Where to draw.

    Returns
    -------
    Display
        ``numbers``: ``scores``, and ``most``, the nats of the deepest colour.
    """
    items, means, more = (given.array(name, value, "(n, *event)", least=2)
                          for name, value in (("x", x), ("mean", mean), ("excess", excess)))
    values = given.array("scores", scores, "(n,)", ndim=1)
    one_shape({"x": items.shape, "mean": means.shape, "excess": more.shape})
    given.same("scores", values, len(items), "items")
    upper = pixels("x", np.stack([items, means]), "rows, n")
    positive = np.maximum(more, 0.0)
    if items.ndim == 2:
        lower, most = bars.draw(positive), float(positive.max())
    else:
        flat = positive.reshape(*positive.shape[:3], -1).sum(axis=-1)
        most = float(np.quantile(flat, 0.998)) or 1.0  # one pixel must not pale all others
        lower = (style.amounts()(np.clip(flat / most, 0.0, 1.0)) * 255.0 + 0.5).astype(np.uint8)
    if lower.shape[1:] != upper.shape[2:]:  # channels that lie side by side
        lower = np.repeat(lower, upper.shape[3] // lower.shape[2], axis=2)
    tiles = np.concatenate([upper, lower[None]])
    width, height = size(tiles, min(0.8 * len(items), 9.0))
    ax = style.axes(ax, width + 0.9, height + 0.95)
    draw(ax, tiles)
    ax.set_yticks(range(3), ROWS)
    ax.set_xticks(range(len(items)), [f"{value:.0f}" for value in values])
    ax.set_xlabel("score in nats")
    ax.set_title("The strangest items")
    return display.of(ax, scores=values, most=most)
