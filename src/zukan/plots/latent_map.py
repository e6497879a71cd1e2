"""Map of the latent space: the posterior mean of each item."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap

from zukan.evaluation.latent import dimension_name
from zukan.plots import class_labels, display, points, style, validate

BINS = 100
ROWS, OTHERS = 30, "all others"  # histograms at most: of more classes, the largest, and all others in one


@style.styled
def latent_map(z: Any, labels: Any = None, class_names: Sequence[str] | None = None, dims: tuple[int, int] = (0, 1),
               ax: Axes | None = None) -> display.Display:
    """Draw the posterior means of a data set in the plane, colored by class or, without labels, by density.

    Parameters
    ----------
    z : array of shape (n, d)
        Posterior means. If d = 1, the figure shows a histogram for each class.
    labels : array of shape (n,), optional
        Whole numbers or text.
    class_names : sequence of str, optional
        The names of class 0, 1, 2 …; by default the labels themselves.
    dims : (int, int)
        The latent dimensions on the x and y axis, if d > 1.
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    Display
        ``numbers``: ``points`` (n, 2) or (n, 1); with labels also ``classes`` (n,), ``class_names`` and ``centers``,
        (k, 2) or (k, 1), with NaN for a class without items.
    """
    means = validate.array("z", z, "(n, d)", ndim=2)
    classes = class_labels.encode(labels, class_names, len(means))
    if means.shape[1] == 1:
        return _histograms(means, classes, ax)
    across, up = validate.dims(dims, means.shape[1])
    ax = style.axes(ax, 6.6, 5.7)
    result = points.draw(ax, means[:, [across, up]], classes)
    ax.set(xlabel=dimension_name(across), ylabel=dimension_name(up))
    ax.set_title("Latent map")
    return result


def _histograms(means: validate.Floats, classes: class_labels.Classes | None, ax: Axes | None) -> display.Display:
    """Draw a histogram of the single latent dimension for each class, one above the other."""
    line = means[:, 0]
    indices, names = _rows(classes) if classes else (np.zeros(len(line), dtype=np.int64), ["all items"])
    shown = [class_labels.shortened(name) for name in names]
    ax = style.axes(ax, 6.6 + class_labels.room(shown, 10), 1.9 + 0.34 * len(names))
    low, high = float(line.min()), float(line.max())
    margin = 0.02 * (high - low) or 1.0
    edges = np.linspace(low - margin, high + margin, BINS + 1)
    counts = np.stack([np.histogram(line[indices == i], edges)[0] for i in range(len(names))])
    heights = 1.5 * counts / counts.max()
    colors = style.class_colors(len(names)) if classes else ListedColormap([style.BLUE])
    for i in range(len(names)):  # class 0 at the top; a tall histogram extends into the row above
        base, order = len(names) - 1 - i, 2 + i
        ax.axhline(base, color=style.RULE, linewidth=0.7, zorder=1)
        ax.stairs(heights[i] + base, edges, baseline=base, fill=True, color=colors(i), alpha=0.85, zorder=order)
    top = float((heights.max(axis=1) + np.arange(len(names))[::-1]).max())
    ax.set(xlim=(edges[0], edges[-1]), ylim=(-0.1, top + 0.1), xlabel=dimension_name(0))
    ax.set_yticks(range(len(names)), shown[::-1])
    style.grid(ax, "x")
    style.hide_frame(ax)
    ax.set_title("Latent map")
    if classes is None:
        ax.set_yticks([])
        return display.from_axes(ax, points=means)
    return display.from_axes(ax, points=means, classes=classes.indices, class_names=classes.names,
                             centers=points.centers(means, classes))


def _rows(classes: class_labels.Classes) -> class_labels.Classes:
    """Return the classes, or the largest and one for all others if they are too many to have a histogram each."""
    if len(classes.names) <= ROWS:
        return classes
    sizes = np.bincount(classes.indices, minlength=len(classes.names))
    largest = np.sort(np.argsort(-sizes, kind="stable")[: ROWS - 1])
    place = np.full(len(classes.names), ROWS - 1)
    place[largest] = np.arange(ROWS - 1)
    return class_labels.Classes(place[classes.indices], [*(classes.names[i] for i in largest), OTHERS])
