"""Small panels in one axes."""

from __future__ import annotations

import textwrap

from matplotlib.axes import Axes

from zukan.plots import style
from zukan.plots.class_labels import shortened


def panels(ax: Axes | None, count: int, across: int, size: tuple[float, float],
           gap: tuple[float, float], beside: tuple[float, float] = (0.0, 0.0)) -> tuple[Axes, list[Axes]]:
    """Return ``ax`` without a frame, or the axes of a new figure, and ``count`` panels in it, row by row.

    Parameters
    ----------
    ax : matplotlib Axes, optional
    count, across : int
        How many panels, and at most how many in a row.
    size, gap : (float, float)
        Width and height of a panel, and of the room between two of them, in inches.
    beside : (float, float)
        Inches that names and color bars need to the left and the right of all panels, and below them.
    """
    across = min(count, across)
    down = -(-count // across)
    width, height = (many * one + (many - 1) * room for many, one, room in
                     zip((across, down), size, gap, strict=True))
    ax = style.axes(ax, width + beside[0] + 0.4, height + beside[1] + 0.9)
    ax.set_axis_off()
    return ax, [ax.inset_axes(((place % across) * (size[0] + gap[0]) / width,
                               1 - ((place // across) * (size[1] + gap[1]) + size[1]) / height,
                               size[0] / width, size[1] / height)) for place in range(count)]


def wrapped(name: str, width: int) -> str:
    """Return a name in at most two lines of ``width`` characters; a longer one loses its middle."""
    return "\n".join(textwrap.wrap(shortened(name, 2 * width - 4), width)[:2]) or name
