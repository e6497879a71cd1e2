"""Loss curves: the total and the reconstruction above, the KL below, since their values differ widely.

Without a KL, there is only the upper panel.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import offset_copy

from zukan import checks
from zukan.plots import display, style, validate

PANELS = (("loss", "reconstruction"), ("kl",))
COLORS = {"loss": style.INK, "reconstruction": style.BLUE, "kl": style.VERMILION}
NAMES = {"loss": "total", "reconstruction": "reconstruction", "kl": "KL"}
BACK, FRONT = (1.1, 0.55), (1.9, 1.0)  # width and opacity of the training curve and of the validation curve
LABEL_DISTANCE = 0.075  # minimum, relative to the height of a panel


@style.styled
def loss(history: Mapping[str, Any], ax: Axes | None = None) -> display.Display:
    """Draw the training and validation loss, its reconstruction term and its KL term by epoch.

    Parameters
    ----------
    history : mapping of 1-D arrays
        ``loss``, ``reconstruction`` and, if the model has one, ``kl`` in nats per example; optionally the same with the
        prefix ``val_``, and ``epoch`` (by default 1, 2, 3 …). Other columns are ignored, and NaN values are not drawn.
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure. It then contains its panels as insets, its ``child_axes``.

    Returns
    -------
    Display
        ``numbers``: ``epoch``, the curves by name, ``last`` (the last value of each curve, by name, in nats) and
        ``view`` (the first and the last epoch in view). With three epochs or more, the first one is out of view: it
        would compress all others.
    """
    curves = _curves(history)
    epoch = curves.pop("epoch")
    host = style.axes(ax, 7.2, 4.6)
    host.set_axis_off()
    host.set_title("Loss by epoch")
    visible = epoch[1:] if len(epoch) > 2 else epoch
    margin = min(0.3, 0.02 * (visible[-1] - visible[0])) or 0.5
    boxes = ((0.0, 0.36, 1.0, 0.64), (0.0, 0.0, 1.0, 0.27)) if "kl" in curves else ((0.0, 0.0, 1.0, 1.0),)
    panels = [host.inset_axes(box) for box in boxes]
    for names, panel in zip(PANELS, panels, strict=False):
        shown = {key: curves[key] for name in names for key in (name, f"val_{name}") if key in curves}
        for key, values in shown.items():
            behind = not key.startswith("val_") and f"val_{key}" in curves
            _draw_curve(panel, epoch, values, COLORS[key.removeprefix("val_")], BACK if behind else FRONT)
        low, high = _range([values[-len(visible):] for values in shown.values()])
        panel.set(xlim=(visible[0] - margin, visible[-1] + margin), ylim=(low, high))
        panel.xaxis.set_major_locator(MaxNLocator("auto", steps=[1, 2, 5, 10], integer=True, min_n_ticks=1))
        style.grid(panel, "y")
        _label_curves(panel, {name: curves.get(f"val_{name}", curves[name]) for name in names})
    above, below = panels[0], panels[-1]
    for panel in panels:
        left = offset_copy(panel.transAxes, host.figure.figure, x=-36, units="points")
        panel.yaxis.set_label_coords(0.0, 0.5, transform=left)  # aligned, even if the tick labels differ in width
    above.set_ylabel("nats per example")
    if below is not above:
        above.tick_params(labelbottom=False)
        below.set_ylabel("nats")
    below.set_xlabel("epoch")
    if any(key.startswith("val_") for key in curves):
        handles = [Line2D([], [], color=style.MUTED, linewidth=width, alpha=alpha, label=label)
                   for (width, alpha), label in ((BACK, "training"), (FRONT, "validation"))]
        above.legend(handles=handles, loc="lower right", bbox_to_anchor=(1.0, 0.98), ncols=2, borderaxespad=0.0)
    last = {key: _last(values) for key, values in curves.items()}
    return display.from_axes(host, epoch=epoch, **curves, last=last, view=(float(visible[0]), float(visible[-1])))


def _curves(history: Mapping[str, Any]) -> dict[str, validate.Floats]:
    """Return ``epoch`` and the columns of ``history`` that are drawn, as arrays of the same length."""
    if not isinstance(history, Mapping) or any(name not in history for name in PANELS[0]):
        content = checks.show(list(history) if isinstance(history, Mapping) else history)
        raise checks.InputError(
            f"history must map 'loss' and 'reconstruction' to one value per epoch, and 'kl' if there is one, "
            f"got {content}")
    names = [name for name in (*COLORS, *(f"val_{name}" for name in COLORS)) if name in history]
    curves = {name: validate.array(f"history[{name!r}]", history[name], "(epochs,)", ndim=1, finite=False)
              for name in names}
    count = len(curves["loss"])
    epoch = validate.array("history['epoch']", history.get("epoch", np.arange(1, count + 1)), "(epochs,)", ndim=1)
    for name, values in {"epoch": epoch, **curves}.items():
        validate.same_length(f"history[{name!r}]", values, count, "epochs of history['loss']")
        if not np.isfinite(values).any():
            raise checks.InputError(
                f"history[{name!r}] must hold at least one finite value, got {count} NaN or infinite; omit it")
    validate.ascending("history['epoch']", epoch)
    return {"epoch": epoch, **curves}


def _draw_curve(panel: Axes, epoch: validate.Floats, values: validate.Floats, color: str,
                line: tuple[float, float]) -> None:
    """Draw the finite ``values``, with markers if there are few; ``line`` is its width and opacity."""
    finite = np.isfinite(values)
    marker = "o" if finite.sum() <= 12 else ""
    panel.plot(epoch[finite], values[finite], color=color, linewidth=line[0], alpha=line[1], marker=marker,
               markersize=3.2)


def _range(curves: list[validate.Floats]) -> tuple[float, float]:
    """Return the limits of an axis that shows all finite values of ``curves``, with a margin."""
    values = np.concatenate(curves)
    values = values[np.isfinite(values)]
    if not values.size:
        return 0.0, 1.0
    low, high = float(values.min()), float(values.max())
    margin = 0.08 * (high - low) or 0.05 * abs(high) or 1.0
    return low - margin, high + margin


def _label_curves(panel: Axes, curves: Mapping[str, validate.Floats]) -> None:
    """Write each curve's name and last value at its right end; labels that would touch are moved up."""
    low, high = panel.get_ylim()
    last = {name: _last(values) for name, values in curves.items()}
    y = -LABEL_DISTANCE
    for name, value in sorted(last.items(), key=lambda item: item[1]):
        y = max((value - low) / (high - low), y + LABEL_DISTANCE)
        digits = 1 if abs(value) >= 1 else 3
        panel.annotate(f"{NAMES[name]} {value:.{digits}f}", (1.0, y), xytext=(6, 0), xycoords="axes fraction",
                       textcoords="offset points", color=COLORS[name], va="center", fontsize=9)


def _last(values: validate.Floats) -> float:
    """Return the last finite value."""
    return float(values[np.isfinite(values)][-1])
