"""Confusion matrix of the classes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from zukan import checks
from zukan.plots import class_labels, display, style, validate

MAX_ANNOTATED, MAX_RULED = 10, 40  # largest numbers of classes with text in the cells, and with lines between them


@style.styled
def confusion(matrix: Any, class_names: Sequence[str] | None = None, ax: Axes | None = None) -> display.Display:
    """Draw counts by true class (rows) and predicted class (columns), colored by their share of the row.

    Parameters
    ----------
    matrix : array of shape (k, k)
        Counts. With up to ten classes, each cell shows its share in percent and its count; with more, only its color.
    class_names : sequence of k str, optional
        By default 0, 1, 2 …
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    Display
        ``numbers``: ``matrix``, ``share`` (k, k), whose rows sum to 1 (0 for a class without items), and
        ``accuracy``.
    """
    counts = validate.array("matrix", matrix, "(k, k)", ndim=2)
    if counts.shape[0] != counts.shape[1]:
        raise checks.InputError(f"matrix must be square, true classes by predicted ones, got shape {counts.shape}")
    if counts.min() < 0:
        raise checks.InputError(
            f"matrix must hold counts of at least 0, got {counts.min():g}; pass counts, not differences")
    size = len(counts)
    names = [str(i) for i in range(size)] if class_names is None else \
        validate.texts("class_names", class_names, size, "classes of matrix")
    rows = counts.sum(axis=1, keepdims=True)
    share = counts / np.maximum(rows, 1)
    side = float(np.clip(0.56 * size, 3.2, 6.2))
    every = -(-size // 40)
    shown = [class_labels.shortened(name) for name in names[::every]]
    rotation = 90 if max(map(len, shown)) > (3 if size > 4 else 10) else 0  # a cell is as wide as 3 characters, or 10
    beside = class_labels.room(shown, 5)
    ax = style.axes(ax, side + 1.6 + beside, side + 0.9 + beside * (rotation > 0))
    image = ax.imshow(share, cmap=style.sequential_colormap(), vmin=0.0, vmax=1.0)
    if size <= MAX_ANNOTATED:
        _annotate(ax, counts, share)
    _rule(ax, size)
    ax.set_xticks(range(0, size, every), shown, rotation=rotation)
    ax.set_yticks(range(0, size, every), shown)
    ax.set(xlabel="predicted class", ylabel="true class")
    bar_axes = ax.inset_axes((1.03, 0.0, 0.03, 1.0))
    bar = ax.figure.colorbar(image, cax=bar_axes, format="{x:.0%}")
    bar.outline.set_visible(False)
    bar_axes.tick_params(length=0)
    bar_axes.set_ylabel("share of the true class")
    ax.set_title("Confusion matrix")
    accuracy = float(np.trace(counts) / max(counts.sum(), 1))
    return display.from_axes(ax, matrix=counts, share=share, accuracy=accuracy)


def _annotate(ax: Axes, counts: validate.Floats, share: validate.Floats) -> None:
    """Write the share and the count into each cell that is not empty."""
    cell = ax.get_window_extent().height / ax.figure.dpi / len(counts)
    scale = min(1.0, cell / 0.45)  # cells below 0.45 inches have smaller text
    for (row, column), count in np.ndenumerate(counts):
        if not count:
            continue
        part = share[row, column]
        color = style.PAPER if part > 0.45 else style.INK
        percent = f"{part:.0%}" if part >= 0.005 else "<1%"
        for text, size, offset in ((percent, 8.5, 3.5), (f"{count:g}", 6.5, -7.5)):
            ax.annotate(text, (column, row), xytext=(0, scale * offset), textcoords="offset points", ha="center",
                        va="center", color=color, fontsize=scale * size)


def _rule(ax: Axes, size: int) -> None:
    """Hide the frame and, with up to forty classes, draw lines between the cells."""
    style.hide_frame(ax)
    if size > MAX_RULED:
        return
    ax.set_xticks(np.arange(size + 1) - 0.5, minor=True)
    ax.set_yticks(np.arange(size + 1) - 0.5, minor=True)
    ax.grid(visible=True, which="minor", color=style.RULE, linewidth=min(0.8, 12 / size))
    ax.tick_params(which="minor", length=0)
    ax.set_axisbelow(False)
