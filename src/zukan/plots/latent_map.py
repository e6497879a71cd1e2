"""The map: where the encoder puts each item."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap

from zukan.plots import classes, display, given, points, style

BINS = 100


@style.look
def latent_map(z: Any, labels: Any = None, class_names: Sequence[str] | None = None, dims: tuple[int, int] = (0, 1),
               ax: Axes | None = None) -> display.Display:
    """Draw the posterior means of a data set in the plane, coloured by class or, without labels, by density.

    Parameters
    ----------
    z : array of shape (n, d)
        Posterior means. With d = 1 the figure is a histogram a class on one line.
    labels : array of shape (n,), optional
        Whole numbers or texts.
    class_names : sequence of str, optional
        The name of class 0, 1, 2 …; left out: the labels themselves.
    dims : (int, int)
        The latent dimensions on the x and y axis (d > 1).
    ax : matplotlib Axes, optional
        Where to draw.

    Returns
    -------
    Display
        ``numbers``: ``points`` (n, 2) or (n, 1); with labels ``classes`` (n,), ``class_names`` and ``centres``,
        (k, 2) or (k, 1), NaN for a class without items.
    """
    means = given.array("z", z, "(n, d)", ndim=2)
    found = None if labels is None else classes.index(labels, class_names, len(means))
    if means.shape[1] == 1:
        return _strip(means, found, ax)
    across, up = given.dims(dims, means.shape[1])
    ax = style.axes(ax, 6.6, 5.7)
    result = points.draw(ax, means[:, [across, up]], found)
    ax.set(xlabel=f"z{across}", ylabel=f"z{up}")
    ax.set_title("Latent map")
    return result


def _strip(means: given.Floats, found: classes.Found | None, ax: Axes | None) -> display.Display:
    """Draw a histogram a class over the one latent dimension, the classes one above the other."""
    line = means[:, 0]
    indices, names = found or (np.zeros(len(line), dtype=np.int64), ["all items"])
    ax = style.axes(ax, 6.6, 1.9 + 0.34 * len(names))
    low, high = float(line.min()), float(line.max())
    room = 0.02 * (high - low) or 1.0
    edges = np.linspace(low - room, high + room, BINS + 1)
    counts = np.stack([np.histogram(line[indices == place], edges)[0] for place in range(len(names))])
    heights = 1.5 * counts / counts.max()
    colours = style.classes(len(names)) if found else ListedColormap([style.BLUE])
    for place in range(len(names)):  # class 0 on top; a tall histogram reaches into the row above
        base, order = len(names) - 1 - place, 2 + place
        ax.axhline(base, color=style.RULE, linewidth=0.7, zorder=1)
        ax.stairs(heights[place] + base, edges, baseline=base, fill=True, color=colours(place), alpha=0.85,
                  zorder=order)
    top = float((heights.max(axis=1) + np.arange(len(names))[::-1]).max())
    ax.set(xlim=(edges[0], edges[-1]), ylim=(-0.1, top + 0.1), xlabel="z0")
    ax.set_yticks(range(len(names)), names[::-1])
    style.grid(ax, "x")
    style.bare(ax)
    ax.set_title("Latent map")
    if found is None:
        ax.set_yticks([])
        return display.of(ax, points=means)
    centres = np.array([[line[indices == place].mean() if (indices == place).any() else np.nan]
                        for place in range(len(names))])
    return display.of(ax, points=means, classes=indices, class_names=names, centres=centres)
