"""Distribution of the values of each feature."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from zukan import checks
from zukan.plots import display, style, validate
from zukan.plots.class_labels import room, shortened

MAX_FEATURES = 40
LEVELS = (0.0, 0.01, 0.25, 0.5, 0.75, 0.99, 1.0)


@style.styled
def features(x: Any, names: Sequence[Any] | None = None, ax: Axes | None = None) -> display.Display:
    """Draw the quantiles of each feature in standard deviations from its mean, and its range in its own units.

    Parameters
    ----------
    x : array of shape (n, d)
        NaN stands for a missing value and is ignored; every feature needs another value.
    names : sequence, optional
        Names of the features.
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    Display
        ``numbers``: ``features``, the columns that are drawn, and ``quantiles``, shape (7, features), in the units
        of ``x``.
    """
    values = validate.array("x", x, "(n, d)", ndim=2, missing=True)
    empty = np.flatnonzero(np.isnan(values).all(axis=0))
    if len(empty):
        raise checks.InputError(
            f"x must hold a value of every feature, but all values of feature {empty[0]} are missing; remove it")
    feature_names = [f"feature {i}" for i in range(values.shape[1])] if names is None else validate.texts(
        "names", names, values.shape[1], "features")
    shown = np.unique(np.linspace(0, values.shape[1] - 1, min(MAX_FEATURES, values.shape[1])).astype(int))
    drawn = values[:, shown].astype(np.float64)
    quantiles = np.nanquantile(drawn, LEVELS, axis=0)
    mean, spread = np.nanmean(drawn, axis=0), np.nanstd(drawn, axis=0)
    places = np.clip((quantiles - mean) / np.where(spread > 0, spread, 1.0), -8, 8)
    row_names = [shortened(feature_names[i]) for i in shown]
    ax = style.axes(ax, 6.4 + room(row_names, 10), 0.9 + 0.19 * len(shown))
    y = np.arange(len(shown))
    ax.hlines(y, places[0], places[-1], color=style.FAINT, linewidth=1)
    ax.hlines(y, places[1], places[-2], color=style.BLUE, linewidth=2)
    ax.hlines(y, places[2], places[-3], color=style.BLUE, linewidth=6)
    ax.plot(places[3], y, "o", color=style.PAPER, markersize=3)
    for i, (low, high) in enumerate(zip(quantiles[0], quantiles[-1], strict=True)):
        ax.annotate(f"{low:.4g} … {high:.4g}", (1.01, i), xycoords=("axes fraction", "data"), va="center",
                    fontsize=style.SMALL, color=style.MUTED)
    ax.set_yticks(y, row_names)
    ax.set_ylim(len(shown) - 0.4, -0.6)
    ax.set_xlabel("standard deviations from the mean (thick: middle 50 %, thin: 98 %, gray: all values)")
    style.grid(ax, "x")
    selection = "" if len(shown) == values.shape[1] else f", {len(shown)} of them shown"
    ax.set_title(f"{values.shape[1]:,} features of {len(values):,} items{selection}")
    return display.from_axes(ax, features=shown.tolist(), quantiles=quantiles)
