"""Which classes are taken for which."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from zukan import checks
from zukan.plots import display, given, style

ANNOTATED = 10


@style.look
def confusion(matrix: Any, class_names: Sequence[str] | None = None, ax: Axes | None = None) -> display.Display:
    """Draw counts of the true class (row) against the predicted one (column), coloured by share of the row.

    Parameters
    ----------
    matrix : array of shape (k, k)
        Counts. Up to ten classes each cell shows its share in per cent and its count; more show colour alone.
    class_names : sequence of k str, optional
        The classes' names; left out: 0, 1, 2 …
    ax : matplotlib Axes, optional
        Where to draw.

    Returns
    -------
    Display
        ``numbers``: ``matrix``, ``share`` (k, k), each row summing to 1 (0 for a class without items), and
        ``accuracy``.
    """
    counts = given.array("matrix", matrix, "(k, k)", ndim=2)
    if counts.shape[0] != counts.shape[1]:
        raise checks.InputError(f"matrix must be square, true classes by predicted ones, got shape {counts.shape}")
    if counts.min() < 0:
        raise checks.InputError(
            f"matrix must hold counts of at least 0, got {counts.min():g}; pass counts, not differences")
    size = len(counts)
    names = [str(place) for place in range(size)] if class_names is None else \
        given.texts("class_names", class_names, size, "classes of matrix")
    rows = counts.sum(axis=1, keepdims=True)
    share = counts / np.maximum(rows, 1)
    side = float(np.clip(0.56 * size, 3.2, 6.2))
    ax = style.axes(ax, side + 1.6, side + 0.9)
    drawn = ax.imshow(share, cmap=style.amounts(), vmin=0.0, vmax=1.0)
    if size <= ANNOTATED:
        _annotate(ax, counts, share)
    _edges(ax, size)
    every = -(-size // 40)
    turned = 90 if size > 4 and max(map(len, names)) > 3 else 0
    ax.set_xticks(range(0, size, every), names[::every], rotation=turned)
    ax.set_yticks(range(0, size, every), names[::every])
    ax.set(xlabel="predicted class", ylabel="true class")
    bar_axes = ax.inset_axes((1.03, 0.0, 0.03, 1.0))
    bar = ax.figure.colorbar(drawn, cax=bar_axes, format="{x:.0%}")
    bar.outline.set_visible(False)
    bar_axes.tick_params(length=0)
    bar_axes.set_ylabel("share of the true class")
    ax.set_title("Confusion")
    accuracy = float(np.trace(counts) / max(counts.sum(), 1))
    return display.of(ax, matrix=counts, share=share, accuracy=accuracy)


def _annotate(ax: Axes, counts: given.Floats, share: given.Floats) -> None:
    cell = ax.get_window_extent().height / ax.figure.dpi / len(counts)
    scale = min(1.0, cell / 0.45)  # inches: a smaller cell gets smaller type
    for (row, column), count in np.ndenumerate(counts):
        if not count:
            continue  # an empty cell says it best
        part = share[row, column]
        colour = style.PAPER if part > 0.45 else style.INK
        text = f"{part:.0%}" if part >= 0.005 else "<1%"
        for words, size, above in ((text, 8.5, 3.5), (f"{count:g}", 6.5, -7.5)):
            ax.annotate(words, (column, row), xytext=(0, scale * above), textcoords="offset points", ha="center",
                        va="center", color=colour, fontsize=scale * size)


def _edges(ax: Axes, size: int) -> None:
    """Take the frame away and, up to forty classes, rule lines between the cells."""
    ax.spines[:].set_visible(False)
    ax.tick_params(length=0)
    if size > 40:
        return
    ax.set_xticks(np.arange(size + 1) - 0.5, minor=True)
    ax.set_yticks(np.arange(size + 1) - 0.5, minor=True)
    ax.grid(visible=True, which="minor", color=style.RULE, linewidth=min(0.8, 12 / size))
    ax.tick_params(which="minor", length=0)
    ax.set_axisbelow(False)
