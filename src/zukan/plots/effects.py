"""What each latent dimension does to each column of a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap

from zukan.evaluation.latent import dimension_name
from zukan.plots import display, style, validate
from zukan.plots.associations import DIVERGING
from zukan.plots.class_labels import room, shortened

MAX_DIMENSIONS, MAX_COLUMNS = 24, 40


@style.styled
def effects(change: Any, names: Sequence[Any], is_number: Any, ax: Axes | None = None) -> display.Display:
    """Draw the change of each column as each latent dimension goes from low to high.

    Parameters
    ----------
    change : array of shape (latent_dim, d)
        As `zukan.evaluation.tables.effects` returns it: in units of the spread of a column with numbers; 1 or 0 for a
        column with levels. Of more than 24 dimensions, and of more than 40 columns, those with the largest changes are
        drawn.
    names : sequence of d str
        The names of the columns.
    is_number : array of bool, shape (d,)
        Whether each column holds numbers.
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    Display
        ``numbers``: ``dims`` and ``columns``, the places of those that are drawn, and ``most``, the change that the
        darkest color stands for.
    """
    values = validate.array("change", change, "(latent_dim, d)", ndim=2)
    texts = validate.texts("names", names, values.shape[1], "columns of change")
    validate.same_length("is_number", is_number, values.shape[1], "columns of change")
    number = np.asarray(is_number, bool)
    strength = np.abs(values)
    dims = np.sort(np.argsort(-strength.sum(axis=1), kind="stable")[:MAX_DIMENSIONS])
    shown = np.sort(np.argsort(-strength.max(axis=0), kind="stable")[:MAX_COLUMNS])
    labels = [shortened(texts[place]) for place in shown]
    drawn = values[np.ix_(dims, shown)].astype(np.float64)
    cells = np.where(number[shown], drawn, 0.0)
    most = max(1.0, float(np.abs(cells).max()))
    width, height = max(2.2, 0.24 * len(shown)), max(1.2, 0.24 * len(dims))
    ax = style.axes(ax, width + 2.2, height + 1.3 + room(labels))
    image = ax.imshow(cells, cmap=DIVERGING, vmin=-most, vmax=most, aspect="auto")
    ax.imshow(np.ma.masked_equal(np.where(number[shown], 0.0, drawn), 0.0), cmap=ListedColormap([style.MUTED]),
              aspect="auto")
    style.hide_frame(ax)
    ax.set_xticks(np.arange(len(shown) + 1) - 0.5, minor=True)
    ax.set_yticks(np.arange(len(dims) + 1) - 0.5, minor=True)
    ax.grid(visible=True, which="minor", color=style.RULE, linewidth=0.6)
    ax.tick_params(which="minor", length=0)
    ax.set_xticks(range(len(shown)), labels, rotation=90)
    ax.set_yticks(range(len(dims)), [dimension_name(dim) for dim in dims])
    bar_axes = ax.inset_axes((1.0 + 0.15 / width, 0.0, 0.12 / width, 1.0))
    bar = ax.figure.colorbar(image, cax=bar_axes)
    bar.outline.set_visible(False)
    bar_axes.tick_params(length=0)
    bar_axes.set_ylabel("standard\ndeviations")
    if not number[shown].all():
        ax.legend([ax.plot([], [], "s", color=style.MUTED, markersize=7)[0]], ["the level changes"], loc="lower right",
                  bbox_to_anchor=(1.0, 1.0), borderaxespad=0.2, handletextpad=0.2)
    ax.set_title("Effect of each dimension", pad=22)
    return display.from_axes(ax, dims=dims.tolist(), columns=shown.tolist(), most=most)
