"""How the values of each feature are spread."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from zukan.plots import display, given, style

MOST = 40  # features drawn
PARTS = (0.0, 0.01, 0.25, 0.5, 0.75, 0.99, 1.0)


@style.look
def features(x: Any, names: Sequence[Any] | None = None, ax: Axes | None = None) -> display.Display:
    """Draw the quantiles of each feature, in its own standard deviations from its mean; the ends are in its own units.

    Parameters
    ----------
    x : array of shape (n, d)
    names : sequence, optional
        What the features are called.
    ax : matplotlib Axes, optional
        Where to draw.

    Returns
    -------
    Display
        ``numbers``: ``features``, the columns drawn, and ``quantiles``, shape (7, features), in the units of ``x``.
    """
    values = given.array("x", x, "(n, d)", ndim=2)
    called = [f"feature {i}" for i in range(values.shape[1])] if names is None else given.texts(
        "names", names, values.shape[1], "features")
    drawn = np.unique(np.linspace(0, values.shape[1] - 1, min(MOST, values.shape[1])).astype(int))
    quantiles = np.quantile(values[:, drawn].astype(np.float64), PARTS, axis=0)
    mean, spread = values[:, drawn].mean(axis=0, dtype=float), values[:, drawn].std(axis=0, dtype=float)
    places = np.clip((quantiles - mean) / np.where(spread > 0, spread, 1.0), -8, 8)
    ax = style.axes(ax, 6.4, 0.9 + 0.19 * len(drawn))
    y = np.arange(len(drawn))
    ax.hlines(y, places[0], places[-1], color=style.FAINT, linewidth=1)
    ax.hlines(y, places[1], places[-2], color=style.BLUE, linewidth=2)
    ax.hlines(y, places[2], places[-3], color=style.BLUE, linewidth=6)
    ax.plot(places[3], y, "o", color=style.PAPER, markersize=3)
    for i, (low, high) in enumerate(zip(quantiles[0], quantiles[-1], strict=True)):
        ax.annotate(f"{low:.4g} … {high:.4g}", (1.01, i), xycoords=("axes fraction", "data"), va="center",
                    fontsize=style.SMALL, color=style.MUTED)
    ax.set_yticks(y, [called[i][:24] for i in drawn])
    ax.set_ylim(len(drawn) - 0.4, -0.6)
    ax.set_xlabel("standard deviations from the mean: middle half, 98 %, all")
    style.grid(ax, "x")
    shown = "" if len(drawn) == values.shape[1] else f", {len(drawn)} of them drawn"
    ax.set_title(f"{values.shape[1]:,} features of {len(values):,} items{shown}")
    return display.of(ax, features=drawn.tolist(), quantiles=quantiles)
