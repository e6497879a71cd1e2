"""The curves of several trainings in one figure: by epoch and, if it is known, by time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from zukan import checks
from zukan.plots import display, style, validate

NAMES = {"val_elbo": "test −ELBO", "elbo": "training −ELBO", "val_loss": "test loss", "loss": "training loss"}
COLORED = 10  # curves that get a color and a name; all others are gray


@style.styled
def curves(histories: Mapping[str, Mapping[str, Any]], ax: Axes | None = None) -> display.Display:
    """Draw the loss of several trainings by epoch and, if all know their seconds, by time.

    Parameters
    ----------
    histories : mapping
        The history of each training by its name: arrays with one value per epoch, as `zukan.Run.history` has them. The
        first ten get a color.
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure. It then contains its panels as insets, its ``child_axes``.

    Returns
    -------
    Display
        ``numbers``: ``term`` (what is drawn: "test −ELBO", or another if some training lacks it), and ``curves``, for
        each training a mapping of ``epoch``, ``minutes`` (None if unknown) and ``nats``.

    Raises
    ------
    zukan.InputError
        If ``histories`` is empty, or a history has no ELBO and no loss.
    """
    term = next((name for name in NAMES if histories and all(name in history for history in histories.values())), None)
    if term is None:
        raise checks.InputError(f"histories must map names to histories that all hold 'loss', got "
                                f"{checks.show(list(histories))}; give Run.history of trained runs")
    lines = {name: _line(name, history, term) for name, history in histories.items()}
    timed = all(line["minutes"] is not None for line in lines.values())
    host = style.axes(ax, 9.6 if timed else 5.6, 3.6)
    host.set_axis_off()
    host.set_title(f"{NAMES[term][0].upper()}{NAMES[term][1:]}")
    boxes = ((0.0, 0.0, 0.46, 1.0), (0.54, 0.0, 0.46, 1.0)) if timed else ((0.0, 0.0, 1.0, 1.0),)
    later = np.concatenate([line["nats"][1:] if len(line["nats"]) > 2 else line["nats"] for line in lines.values()])
    later = later[np.isfinite(later)]
    colors = style.class_colors(min(len(lines), COLORED))
    panels = [host.inset_axes(box) for box in boxes]
    for panel, unit in zip(panels, ("epoch", "minutes"), strict=False):
        for i, (name, line) in enumerate(reversed(lines.items())):  # the first ones are drawn last
            place = len(lines) - 1 - i
            panel.plot(line[unit], line["nats"], color=colors(place) if place < COLORED else style.FAINT, label=name,
                       marker="o" if len(line["nats"]) <= 2 else "", markersize=3.2, zorder=3 if place < COLORED else 2)
        if later.size and later.max() > later.min():
            margin = 0.06 * (later.max() - later.min())
            panel.set_ylim(later.min() - margin, later.max() + margin)  # the first epoch would compress all others
        panel.set_xlabel(unit)
        if unit == "epoch":
            panel.xaxis.set_major_locator(MaxNLocator("auto", steps=[1, 2, 5, 10], integer=True, min_n_ticks=1))
        style.grid(panel, "y")
    panels[0].set_ylabel("nats per example")
    panels[-1].legend(handles=list(reversed(panels[-1].lines))[:COLORED], loc="best")
    return display.from_axes(host, term=NAMES[term], curves=lines)


def _line(name: str, history: Mapping[str, Any], term: str) -> dict[str, Any]:
    """Return the numbers of one curve."""
    values = validate.array(f"the history of {name!r}", history[term], "(epochs,)", ndim=1, finite=False)
    seconds = history.get("seconds")
    return {"epoch": np.asarray(history.get("epoch", np.arange(1, len(values) + 1))),
            "minutes": None if seconds is None else np.cumsum(seconds) / 60.0,
            "nats": -values if "elbo" in term else values}
