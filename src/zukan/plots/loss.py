"""The loss by epoch: total and reconstruction above, KL below, because they lie far apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import offset_copy

from zukan import checks
from zukan.plots import display, given, style

PANELS = (("loss", "reconstruction"), ("kl",))
COLOURS = {"loss": style.INK, "reconstruction": style.BLUE, "kl": style.VERMILION}
NAMES = {"loss": "total", "reconstruction": "reconstruction", "kl": "KL"}
TRAINING, FRONT = (1.1, 0.55), (1.9, 1.0)  # width and opacity; alone, the training curve is in front
APART = 0.075  # the least distance of two labels, in parts of a panel's height


@style.look
def loss(history: Mapping[str, Any], ax: Axes | None = None) -> display.Display:
    """Draw the training and validation loss, its reconstruction term and its KL term by epoch.

    Parameters
    ----------
    history : mapping of 1-D arrays
        ``loss``, ``reconstruction`` and ``kl`` in nats per example; the same with ``val_`` where there is
        validation; ``epoch`` from 1 (left out: 1, 2, 3 …). Other columns are not drawn. NaN: no point there.
    ax : matplotlib Axes, optional
        Where to draw; it then holds two inset panels, its ``child_axes``.

    Returns
    -------
    Display
        ``numbers``: ``epoch``, the arrays drawn by name, ``last`` (name -> last value, nats), ``view`` (first and
        last epoch in view). With three epochs or more the first one is out of view, so that the rest can be read.
    """
    curves = _curves(history)
    epoch = curves.pop("epoch")
    host = style.axes(ax, 7.2, 4.6)
    host.set_axis_off()
    host.set_title("Loss by epoch")
    seen = epoch[1:] if len(epoch) > 2 else epoch
    room = min(0.3, 0.02 * (seen[-1] - seen[0])) or 0.5
    boxes = ((0.0, 0.36, 1.0, 0.64), (0.0, 0.0, 1.0, 0.27))
    panels = [host.inset_axes(box) for box in boxes]
    for names, panel in zip(PANELS, panels, strict=True):
        drawn = {key: curves[key] for name in names for key in (name, f"val_{name}") if key in curves}
        for key, values in drawn.items():
            behind = not key.startswith("val_") and f"val_{key}" in curves
            _line(panel, epoch, values, COLOURS[key.removeprefix("val_")], TRAINING if behind else FRONT)
        low, high = _range([values[-len(seen):] for values in drawn.values()])
        panel.set(xlim=(seen[0] - room, seen[-1] + room), ylim=(low, high))
        panel.xaxis.set_major_locator(MaxNLocator("auto", steps=[1, 2, 5, 10], integer=True, min_n_ticks=1))
        style.grid(panel, "y")
        _name(panel, {name: curves.get(f"val_{name}", curves[name]) for name in names})
    above, below = panels
    for panel in panels:
        left = offset_copy(panel.transAxes, host.figure.figure, x=-36, units="points")
        panel.yaxis.set_label_coords(0.0, 0.5, transform=left)  # one below the other, however wide the ticks are
    above.tick_params(labelbottom=False)
    above.set_ylabel("nats per example")
    below.set(xlabel="epoch", ylabel="nats")
    if any(key.startswith("val_") for key in curves):
        handles = [Line2D([], [], color=style.MUTED, linewidth=wide, alpha=alpha, label=label)
                   for (wide, alpha), label in ((TRAINING, "training"), (FRONT, "validation"))]
        above.legend(handles=handles, loc="lower right", bbox_to_anchor=(1.0, 0.98), ncols=2, borderaxespad=0.0)
    last = {key: float(values[np.isfinite(values)][-1]) for key, values in curves.items()}
    return display.of(host, epoch=epoch, **curves, last=last, view=(float(seen[0]), float(seen[-1])))


def _curves(history: Mapping[str, Any]) -> dict[str, given.Floats]:
    missing = [name for name in COLOURS if not isinstance(history, Mapping) or name not in history]
    if missing:
        found = checks.show(list(history) if isinstance(history, Mapping) else history)
        raise checks.InputError(f"history must map 'loss', 'reconstruction' and 'kl' to a value an epoch, got {found}")
    names = [name for name in (*COLOURS, *(f"val_{name}" for name in COLOURS)) if name in history]
    curves = {name: given.array(f"history[{name!r}]", history[name], "(epochs,)", ndim=1, finite=False)
              for name in names}
    count = len(curves["loss"])
    epoch = given.array("history['epoch']", history.get("epoch", np.arange(1, count + 1)), "(epochs,)", ndim=1)
    for name, values in {"epoch": epoch, **curves}.items():
        given.same(f"history[{name!r}]", values, count, "epochs of history['loss']")
        if not np.isfinite(values).any():
            raise checks.InputError(
                f"history[{name!r}] must hold at least one finite value, got {count} NaN or infinite; leave it out")
    given.ascending("history['epoch']", epoch)
    return {"epoch": epoch, **curves}


def _line(panel: Axes, epoch: given.Floats, values: given.Floats, colour: str, pen: tuple[float, float]) -> None:
    kept = np.isfinite(values)
    marker = "o" if kept.sum() <= 12 else ""
    panel.plot(epoch[kept], values[kept], color=colour, linewidth=pen[0], alpha=pen[1], marker=marker, markersize=3.2)


def _range(curves: list[given.Floats]) -> tuple[float, float]:
    values = np.concatenate(curves)
    values = values[np.isfinite(values)]
    if not values.size:
        return 0.0, 1.0
    low, high = float(values.min()), float(values.max())
    room = 0.08 * (high - low) or 0.05 * abs(high) or 1.0
    return low - room, high + room


def _name(panel: Axes, curves: Mapping[str, given.Floats]) -> None:
    """Write each curve's name and last value at its right end, moved apart where two would touch."""
    low, high = panel.get_ylim()
    lasts = {name: float(values[np.isfinite(values)][-1]) for name, values in curves.items()}
    place = -APART
    for name, value in sorted(lasts.items(), key=lambda item: item[1]):
        place = max((value - low) / (high - low), place + APART)
        panel.annotate(f"{NAMES[name]} {value:.1f}", (1.0, place), xytext=(6, 0), xycoords="axes fraction",
                       textcoords="offset points", color=COLOURS[name], va="center", fontsize=9)
