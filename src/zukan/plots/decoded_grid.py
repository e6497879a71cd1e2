"""The latent plane as the decoder sees it: an image at each point of a grid."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from zukan.plots import display, given, style
from zukan.plots.images import draw, pixels, size


@style.look
def decoded_grid(images: Any, first: Any, second: Any = None, dims: tuple[int, int] = (0, 1),
                 ax: Axes | None = None) -> display.Display:
    """Draw decoded images at their place in the latent plane, the second dimension growing upwards.

    Parameters
    ----------
    images : array of shape (rows, cols, *event), or (cols, *event) without ``second``
        ``images[i, j]`` is decoded at z = (first[j], second[i]).
    first, second : array of shape (cols,) and (rows,)
        Ascending values of z. Without ``second`` the latent space is a line and the figure a strip.
    dims : (int, int)
        Which latent dimensions ``first`` and ``second`` are, for the axis labels.
    ax : matplotlib Axes, optional
        Where to draw; its data coordinates are z where the values are evenly spaced.

    Returns
    -------
    Display
        ``numbers``: ``first``, ``second`` (None for a strip) and ``extent`` (left, right, bottom, top).
    """
    across, up = given.dims(dims)
    columns = _line("first", first)
    if second is None:
        tiles, rows = pixels("images", images, "cols")[None], None
    else:
        tiles, rows = pixels("images", images, "rows, cols"), _line("second", second)
        given.same("second", rows, tiles.shape[0], "rows of images")
    given.same("first", columns, tiles.shape[1], "columns of images")
    left, right = _edges(columns)
    bottom, top = _edges(rows) if rows is not None else (-0.5, 0.5)
    width, height = size(tiles, 6.8 if rows is not None else 9.0)
    ax = style.axes(ax, width + 0.7, height + 0.9)
    draw(ax, tiles[::-1], gap=0.0, extent=(left, right, bottom, top))
    ax.tick_params(length=3)
    ax.set_xticks(*_ticks(columns))
    ax.set_xlabel(f"z{across}")
    if rows is None:
        ax.set_yticks([])
    else:
        ax.set_yticks(*_ticks(rows))
        ax.set_ylabel(f"z{up}")
    ax.set_title("Decoded latent space")
    return display.of(ax, first=columns, second=rows, extent=(left, right, bottom, top))


def _line(name: str, values: Any) -> given.Floats:
    line = given.array(name, values, "(n,)", ndim=1)
    given.ascending(name, line)
    return line


def _edges(values: given.Floats) -> tuple[float, float]:
    """Return where the row of images begins and ends, so that each is centred on its value."""
    half = float(values[-1] - values[0]) / (len(values) - 1) / 2 if len(values) > 1 else 0.5
    return float(values[0]) - half, float(values[-1]) + half


def _ticks(values: given.Floats) -> tuple[given.Floats, list[str]]:
    """Return the places and the texts of a few round values of z; uneven values are drawn evenly."""
    low, high = float(values[0]), float(values[-1])
    rounds = MaxNLocator(9, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high) if low < high else [low]
    shown = np.array([value for value in rounds if low - 1e-9 <= value <= high + 1e-9])
    places = np.interp(shown, values, np.linspace(low, high, len(values)))
    return np.asarray(places), [f"{value:g}".replace("-", "\N{MINUS SIGN}") for value in shown + 0.0]
