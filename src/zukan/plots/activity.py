"""Bar chart of the KL of each latent dimension."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from zukan.evaluation.latent import IDLE_KL, dimension_name
from zukan.plots import display, style, validate

MAX_NAMES, MAX_VALUES = 64, 16  # with more bars, their names or values are not written


@style.styled
def activity(kl: Any, names: Sequence[str] | None = None, ax: Axes | None = None) -> display.Display:
    """Draw the KL term of each latent dimension, the most active first, and the threshold of an active dimension.

    Parameters
    ----------
    kl : array of shape (d,)
        The mean KL of each latent dimension, in nats per example.
    names : sequence of d str, optional
        Their names; by default z1, z2, z3 …
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    Display
        ``numbers``: ``kl`` (d,), sorted; ``dims`` (d,), the dimension of each bar; ``threshold``, in nats;
        ``active``, the number of dimensions above it; ``total``, in nats.

    Notes
    -----
    The vertical axis shows the square root, so that zero, the threshold and large terms are visible together.
    """
    nats = validate.array("kl", kl, "(d,)", ndim=1)
    texts = [dimension_name(dim) for dim in range(len(nats))] if names is None else validate.texts(
        "names", names, len(nats), "dimensions of kl")
    order = np.argsort(-nats, kind="stable")
    ranked = nats[order]
    active = int((ranked > IDLE_KL).sum())
    count = len(ranked)
    ax = style.axes(ax, float(np.clip(1.6 + 0.42 * count, 3.8, 8.4)), 3.3)
    colors = [style.BLUE if value > IDLE_KL else style.FAINT for value in ranked]
    bars = ax.bar(np.arange(count), ranked, color=colors, width=0.72)
    top = max(1.0, 1.25 * float(ranked[0]))
    ax.set_yscale("function", functions=(lambda value: np.sqrt(np.maximum(value, 0.0)), np.square))
    ax.set_ylim(0.0, top)
    ticks = [0.0, *(tick for tick in style.round_numbers(0.1, top) if np.sqrt(tick / top) > 0.1)]
    ax.set_yticks(ticks, [f"{tick:g}" for tick in ticks])
    ax.axhline(IDLE_KL, color=style.VERMILION, linewidth=1.0, linestyle=(0, (4, 3)), zorder=3)
    ax.annotate(f"active above {IDLE_KL:g} nats", (1.0, IDLE_KL), xycoords=("axes fraction", "data"),
                xytext=(6, 0), textcoords="offset points", va="center", color=style.VERMILION, fontsize=8)
    ax.set_xlim(-0.6, count - 0.4)
    if count <= MAX_VALUES:
        ax.bar_label(bars, [f"{value:.{1 if value >= 0.1 else 3}f}" for value in ranked], padding=2, fontsize=8,
                     color=style.INK)
    if count <= MAX_NAMES:
        ax.set_xticks(range(count), [texts[dim] for dim in order], rotation=90 if count > 20 else 0,
                      fontsize=8 if count <= 40 else 6)
    axis = "latent dimension" if count <= MAX_NAMES else "rank of the latent dimension"
    ax.set(xlabel=f"{axis}, most active first", ylabel="KL, nats per example (square-root scale)")
    style.grid(ax, "y")
    ax.tick_params(length=0)
    ax.set_title(f"{active} of {count} latent dimensions active")
    return display.from_axes(ax, kl=ranked, dims=order, active=active, threshold=IDLE_KL, total=float(nats.sum()))
