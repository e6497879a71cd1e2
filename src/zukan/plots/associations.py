"""Associations of the columns of real and of synthetic rows, and their difference."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap

from zukan.plots import display, style, validate
from zukan.plots.class_labels import room, shortened
from zukan.plots.panels import panels

MAX_COLUMNS, LONGEST = 40, 18
DIVERGING = LinearSegmentedColormap.from_list("zukan-diverging", [style.VERMILION, style.PAPER, style.BLUE])


@style.styled
def associations(real: Any, synthetic: Any, names: Sequence[Any], ax: Axes | None = None) -> display.Display:
    """Draw two matrices of associations and their difference.

    Parameters
    ----------
    real, synthetic : array of shape (d, d)
        Associations from -1 to 1, as `zukan.evaluation.tables.association_matrix` returns them. Of more than 40
        columns, 40 are drawn, evenly spaced.
    names : sequence of d str
        The names of the columns.
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    Display
        ``numbers``: ``columns``, the places of the columns that are drawn; ``difference``, the matrix of all columns,
        synthetic minus real; ``mean_difference``, the mean of its absolute values off the diagonal.
    """
    matrices = [validate.array(name, value, "(d, d)", ndim=2) for name, value in
                (("real", real), ("synthetic", synthetic))]
    validate.same_shape({"real": matrices[0], "synthetic": matrices[1]})
    validate.same_length("real", matrices[0][0], len(matrices[0]), "rows of real")
    size = len(matrices[0])
    texts = validate.texts("names", names, size, "columns of real")
    difference = matrices[1] - matrices[0]
    apart = np.abs(difference[~np.eye(size, dtype=bool)])
    shown = np.unique(np.linspace(0, size - 1, min(size, MAX_COLUMNS)).astype(int))
    labels = [shortened(texts[place], LONGEST) for place in shown]
    side = float(np.clip(0.17 * len(shown), 1.7, 3.2))
    font = float(np.clip(72 * side / len(shown) / 1.25, 3.5, style.SMALL))
    named = room(labels) * font / style.SMALL
    ax, places = panels(ax, 3, 3, (side, side), (0.22, 0), (0.5 + named, named))
    titles = ("real rows", "synthetic rows", "synthetic minus real")
    for panel, matrix, title in zip(places, (*matrices, difference), titles, strict=True):
        image = panel.imshow(matrix[np.ix_(shown, shown)], cmap=DIVERGING, vmin=-1.0, vmax=1.0)
        panel.set_anchor("N")
        style.hide_frame(panel)
        panel.set_title(title, fontsize=9, pad=4)
        panel.set_xticks(range(len(shown)), labels, rotation=90, fontsize=font)
        panel.set_yticks(range(len(shown)), labels if panel is places[0] else [], fontsize=font)
    bar_axes = places[2].inset_axes((1.05, 0.0, 0.045, 1.0))
    bar = ax.figure.colorbar(image, cax=bar_axes, ticks=[-1, -0.5, 0, 0.5, 1])
    bar.outline.set_visible(False)
    bar_axes.tick_params(length=0)
    ax.set_title("Associations of columns", pad=24)
    mean = float(apart.mean()) if apart.size else 0.0
    return display.from_axes(ax, columns=shown.tolist(), difference=difference, mean_difference=mean)
