"""Original items above their reconstructions."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes

from zukan.plots import display, style, validate
from zukan.plots.images import draw_sheet, pixels, sheet_size

ROWS = ["original", "from the\nmean", "from a\nsample"]


@style.styled
def reconstructions(x: Any, mean: Any, sampled: Any, ax: Axes | None = None) -> display.Display:
    """Draw originals, their reconstructions from the posterior mean, and from one sample of the posterior.

    Parameters
    ----------
    x, mean, sampled : array of shape (n, *event)
        The originals and the decoded items, in the same order. NaN in ``x`` is a missing value.
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    Display
        ``numbers``: ``squared_error_mean`` and ``squared_error_sampled``, shape (n,): the squared difference from
        the original, averaged over the observed elements of an item; NaN if it has none.
    """
    rows = {name: validate.array(name, value, "(n, *event)", min_ndim=2, missing=name == "x")
            for name, value in (("x", x), ("mean", mean), ("sampled", sampled))}
    validate.same_shape(rows)
    stack = np.stack(list(rows.values()))
    tiles = pixels("x", stack, "rows, n", missing=True)
    width, height = sheet_size(tiles, min(0.72 * stack.shape[1], 9.0))
    ax = style.axes(ax, width + 0.9, height + 0.45)
    draw_sheet(ax, tiles)
    ax.set_yticks(range(3), ROWS)
    ax.set_xticks([])
    ax.set_title("Originals and reconstructions")
    squares = ((stack[1:] - stack[0]) ** 2).reshape(2, stack.shape[1], -1)
    observed = ~np.isnan(squares)
    with np.errstate(invalid="ignore"):  # an item of which every value is missing
        errors = np.where(observed, squares, 0.0).sum(axis=-1) / observed.sum(axis=-1)
    return display.from_axes(ax, squared_error_mean=errors[0], squared_error_sampled=errors[1])
