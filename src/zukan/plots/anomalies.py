"""Unusual items with their reconstructions, and the elements that make them unusual."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from zukan.plots import display, lines, style, validate
from zukan.plots.class_labels import room, shortened
from zukan.plots.images import draw_sheet, pixels, sheet_size

ROWS = ["item", "recon-\nstruction", "excess\nnats"]


@style.styled
def anomalies(x: Any, mean: Any, excess: Any, scores: Any, names: Sequence[str] | None = None,
              ax: Axes | None = None) -> display.Display:
    """Draw items, their reconstructions, the excess of each element, and the name and the score below.

    Parameters
    ----------
    x, mean : array of shape (n, *event)
        The items and their reconstructions. NaN in ``x`` is a missing value.
    excess : array of shape (n, *event)
        Nats by which the cost of each element exceeds its usual cost. Channels are summed, and values below 0 are
        drawn as 0.
    scores : array of shape (n,)
        In nats.
    names : sequence of n str, optional
        What each item is called.
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    Display
        ``numbers``: ``scores``, and ``most``, the nats that the darkest color stands for.
    """
    arrays = {name: validate.array(name, value, "(n, *event)", min_ndim=2, missing=name == "x")
              for name, value in (("x", x), ("mean", mean), ("excess", excess))}
    items, means, more = arrays.values()
    values = validate.array("scores", scores, "(n,)", ndim=1)
    validate.same_shape(arrays)
    validate.same_length("scores", values, len(items), "items")
    upper = pixels("x", np.stack([items, means]), "rows, n", missing=True)
    positive = np.maximum(more, 0.0)
    if items.ndim == 2 or lines.drawn():
        lower, most = pixels("excess", positive, "n"), float(positive.max())
    else:
        flat = positive.reshape(*positive.shape[:3], -1).sum(axis=-1)
        most = float(np.quantile(flat, 0.998)) or 1.0  # a single extreme pixel must not make all others pale
        lower = (style.sequential_colormap()(np.clip(flat / most, 0.0, 1.0)) * 255.0 + 0.5).astype(np.uint8)
    if lower.shape[1:] != upper.shape[2:]:  # channels that are drawn side by side
        lower = np.repeat(lower, upper.shape[3] // lower.shape[2], axis=2)
    tiles = np.concatenate([upper, lower[None]])
    width, height = sheet_size(tiles, min(0.8 * len(items), 9.0))
    labels, long = [f"{value:.0f}" for value in values], False
    if names is not None:
        texts = validate.texts("names", names, len(items), "items")
        long = max(map(len, texts)) > 8
        between = ": " if long else "\n"
        labels = [f"{shortened(text)}{between}{label}" for text, label in zip(texts, labels, strict=True)]
    ax = style.axes(ax, width + 0.9, height + 0.95 + room(labels) * long)
    draw_sheet(ax, tiles)
    ax.set_yticks(range(3), ROWS)
    ax.set_xticks(range(len(items)), labels, rotation=90 if long else 0)
    ax.set_xlabel("score in nats" if names is None else "item: score in nats" if long else "item and its score in nats")
    ax.set_title("The most unusual items")
    return display.from_axes(ax, scores=values, most=most)
