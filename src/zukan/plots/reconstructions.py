"""Originals above their reconstructions."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes

from zukan.plots import display, given, style
from zukan.plots.images import draw, one_shape, pixels, size

ROWS = ["original", "through\nthe mean", "through\na sample"]


@style.look
def reconstructions(x: Any, mean: Any, sampled: Any, ax: Axes | None = None) -> display.Display:
    """Draw originals, their reconstructions through the posterior's mean, and through one sample of it.

    Parameters
    ----------
    x, mean, sampled : array of shape (n, *event)
        The originals and the decoded images, in the same order.
    ax : matplotlib Axes, optional
        Where to draw.

    Returns
    -------
    Display
        ``numbers``: ``squared_error_mean`` and ``squared_error_sampled``, shape (n,): the mean squared
        difference from the original over an event.
    """
    rows = {name: given.array(name, value, "(n, *event)", least=2)
            for name, value in (("x", x), ("mean", mean), ("sampled", sampled))}
    one_shape({name: row.shape for name, row in rows.items()})
    stack = np.stack(list(rows.values()))
    tiles = pixels("x", stack, "rows, n")
    width, height = size(tiles, min(0.72 * stack.shape[1], 9.0))
    ax = style.axes(ax, width + 0.9, height + 0.45)
    draw(ax, tiles)
    ax.set_yticks(range(3), ROWS)
    ax.set_xticks([])
    ax.set_title("Originals and reconstructions")
    away = ((stack[1:] - stack[0]) ** 2).reshape(2, stack.shape[1], -1).mean(axis=-1)
    return display.of(ax, squared_error_mean=away[0], squared_error_sampled=away[1])
