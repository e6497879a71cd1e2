"""Errors of filled gaps by the share of the cells that are hidden."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from zukan import checks
from zukan.plots import display, style, validate
from zukan.plots.panels import panels

MEASURES = {"rmse": "numbers: root mean squared error,\nin standard deviations",
            "wrong": "levels: share of wrong ones"}
GRAYS = (style.FAINT, style.MUTED, style.INK)


@style.styled
def imputation(shares: Any, methods: Mapping[str, Mapping[str, Sequence[float | None]]], model: str | None = None,
               ax: Axes | None = None) -> display.Display:
    """Draw the errors of imputers on hidden numbers and on hidden levels.

    Parameters
    ----------
    shares : array of shape (s,)
        Of the cells that were hidden.
    methods : mapping
        By name, the errors ``rmse`` and ``wrong`` for each share, as in the result of
        `zukan.evaluation.tables.imputation`. None: no such cell was hidden.
    model : str, optional
        The method to emphasize; by default the last one.
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    Display
        ``numbers``: ``shares``, and the errors that are drawn by ``rmse`` and ``wrong`` and by method.
    """
    hidden = validate.array("shares", shares, "(s,)", ndim=1)
    if not methods:
        raise checks.InputError("methods must hold the errors of at least one imputer, got none; add one")
    model = checks.choice("model", list(methods)[-1] if model is None else model, methods)
    drawn = {}
    for measure in MEASURES:
        errors = {}
        for name, found in methods.items():
            validate.same_length(f"{measure} of {name}", found[measure], len(hidden), "shares")
            errors[name] = np.array([np.nan if error is None else error for error in found[measure]], np.float64)
        if any(np.isfinite(values).any() for values in errors.values()):
            drawn[measure] = errors
    if not drawn:
        raise checks.InputError("methods must hold an error, got only None; hide more cells")
    ax, places = panels(ax, len(drawn), 2, (2.9, 2.1), (0.75, 0.0))
    for panel, (measure, errors) in zip(places, drawn.items(), strict=True):
        width = 0.8 / len(errors)
        others = [name for name in errors if name != model]
        for at, name in enumerate([*others, model]):
            color = style.BLUE if name == model else GRAYS[min(at, 2)]
            panel.bar(np.arange(len(hidden)) + (at - (len(errors) - 1) / 2) * width, errors[name], 0.9 * width,
                      color=color, label=name)
        panel.set_xticks(range(len(hidden)), [f"{share:.0%}" for share in hidden])
        panel.set_title(MEASURES[measure], fontsize=9, fontweight="normal", pad=6)
        panel.set_xlabel("share of the cells that are hidden")
        panel.tick_params(length=0)
        style.grid(panel, "y")
    ax.legend(*places[0].get_legend_handles_labels(), loc="lower left", bbox_to_anchor=(0.0, 1.0), borderaxespad=4.2,
              ncols=2, handlelength=1.0, handleheight=0.9, columnspacing=1.2)
    ax.set_title("Errors of filled gaps", pad=78)
    return display.from_axes(ax, shares=hidden.tolist(), **drawn)
