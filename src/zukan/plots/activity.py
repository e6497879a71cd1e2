"""How much each latent dimension carries."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes

from zukan.plots import display, given, style

THRESHOLD = 0.01  # nats: below it a dimension says nothing about the item
NAMED, VALUED = 64, 16


@style.look
def activity(kl: Any, ax: Axes | None = None) -> display.Display:
    """Draw the KL term of each latent dimension, the most active first, and the line that an active one passes.

    Parameters
    ----------
    kl : array of shape (d,)
        The mean KL of each latent dimension, nats per example.
    ax : matplotlib Axes, optional
        Where to draw.

    Returns
    -------
    Display
        ``numbers``: ``kl`` (d,), sorted; ``dims`` (d,), the dimension of each bar; ``active``, how many exceed
        ``threshold``; ``threshold``; ``total``, nats.

    Notes
    -----
    The axis is a square root: zero has its place, large terms keep their order, and the threshold can be seen.
    """
    nats = given.array("kl", kl, "(d,)", ndim=1)
    order = np.argsort(-nats, kind="stable")
    ranked = nats[order]
    active = int((ranked > THRESHOLD).sum())
    count = len(ranked)
    ax = style.axes(ax, float(np.clip(1.6 + 0.42 * count, 3.8, 8.4)), 3.3)
    colours = [style.BLUE if value > THRESHOLD else style.FAINT for value in ranked]
    bars = ax.bar(np.arange(count), ranked, color=colours, width=0.72)
    top = max(1.0, 1.25 * float(ranked[0]))
    ax.set_yscale("function", functions=(lambda value: np.sqrt(np.maximum(value, 0.0)), np.square))
    ax.set_ylim(0.0, top)
    ticks = [0.0, *(tick for tick in style.rounds(0.1, top) if np.sqrt(tick / top) > 0.1)]
    ax.set_yticks(ticks, [f"{tick:g}" for tick in ticks])
    ax.axhline(THRESHOLD, color=style.VERMILION, linewidth=1.0, linestyle=(0, (4, 3)), zorder=3)
    ax.annotate(f"active above {THRESHOLD:g} nats", (1.0, THRESHOLD), xycoords=("axes fraction", "data"),
                xytext=(6, 0), textcoords="offset points", va="center", color=style.VERMILION, fontsize=8)
    ax.set_xlim(-0.6, count - 0.4)
    if count <= VALUED:
        ax.bar_label(bars, [f"{value:.{1 if value >= 0.1 else 3}f}" for value in ranked], padding=2, fontsize=8,
                     color=style.INK)
    if count <= NAMED:
        ax.set_xticks(range(count), [f"z{dim}" for dim in order], rotation=90 if count > 20 else 0,
                      fontsize=8 if count <= 40 else 6)
    kind = "latent dimension" if count <= NAMED else "rank of the latent dimension"
    ax.set(xlabel=f"{kind}, most active first", ylabel="KL, nats per example")
    style.grid(ax, "y")
    ax.tick_params(length=0)
    ax.set_title(f"{active} of {count} latent dimensions active")
    return display.of(ax, kl=ranked, dims=order, active=active, threshold=THRESHOLD, total=float(nats.sum()))
