"""Bar charts of how often each discrete code is used."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes

from zukan.plots import display, style, validate

MAX_BOOKS = 8  # rows at most; of more codebooks, the first


@style.styled
def codebook(counts: Any, several: str = "codes", ax: Axes | None = None) -> display.Display:
    """Draw how often each code is used, the most frequent first: one row for each codebook.

    Parameters
    ----------
    counts : int array of shape (books, codes)
    several : str, default "codes"
        What the codes are called, such as "classes".
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    Display
        ``numbers``: ``shares`` (books, codes), sorted; ``used``, the number of codes that occur in each row.
    """
    used = validate.array("counts", counts, "(books, codes)", ndim=2)[:MAX_BOOKS]
    shares = -np.sort(-used / np.maximum(used.sum(axis=1, keepdims=True), 1), axis=1)
    occur = (used > 0).sum(axis=1)
    rows, codes = shares.shape
    ax = style.axes(ax, 7.0, 1.7 + 0.75 * rows)
    top = float(shares.max()) or 1.0
    for row, values in enumerate(shares):
        base = rows - 1 - row
        ax.axhline(base, color=style.RULE, linewidth=0.7, zorder=1)
        ax.bar(np.arange(1, codes + 1), 0.85 * values / top, bottom=base, width=0.8 if codes <= 100 else 1.0,
               color=style.BLUE)
        ax.plot([0.5, codes + 0.5], [base + 0.85 / codes / top] * 2, color=style.VERMILION, linewidth=0.8,
                linestyle=(0, (4, 3)), zorder=3)
        ax.text(codes + 0.5, base + 0.6, f"{occur[row]} of {codes} used", ha="right", color=style.MUTED,
                fontsize=style.SMALL)
    ax.set(xlim=(0.5, codes + 0.5), ylim=(0, rows), xlabel=f"{several}, the most frequent first", yticks=[],
           ylabel=f"share, up to {top:.0%}")
    if rows > 1:
        ax.set_yticks(np.arange(rows) + 0.4, [str(row + 1) for row in range(rows)][::-1])
    style.hide_frame(ax)
    ax.set_title(f"How often the {several} are used")
    return display.from_axes(ax, shares=shares, used=occur.tolist())
