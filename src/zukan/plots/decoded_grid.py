"""Images decoded on a grid of the latent plane."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from zukan.evaluation.latent import dimension_name
from zukan.plots import display, style, validate
from zukan.plots.images import draw_sheet, pixels, sheet_size


@style.styled
def decoded_grid(images: Any, first: Any, second: Any = None, dims: tuple[int, int] = (0, 1),
                 ax: Axes | None = None, *, names: tuple[str, str] | None = None,
                 shown: Any = None) -> display.Display:
    """Draw decoded images at their position in the latent plane; the second dimension grows upwards.

    Parameters
    ----------
    images : array of shape (rows, cols, *event), or (cols, *event) without ``second``
        ``images[i, j]`` is decoded at z = (first[j], second[i]).
    first, second : array of shape (cols,) and (rows,)
        Ascending values of z. Without ``second``, the latent space is a line and the figure has one row.
    dims : (int, int)
        The latent dimensions of ``first`` and ``second``, for the axis labels.
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure. If the values are evenly spaced, its data coordinates are z.

    names : (str, str), optional
        Labels of the axes, if they are not dimensions of z.
    shown : bool array of shape (rows, cols), optional
        Which images are drawn; by default all.

    Returns
    -------
    Display
        ``numbers``: ``first``, ``second`` (or None) and ``extent`` (left, right, bottom, top).
    """
    across, up = validate.dims(dims)
    columns = _axis_values("first", first)
    if second is None:
        tiles, rows = pixels("images", images, "cols")[None], None
    else:
        tiles, rows = pixels("images", images, "rows, cols"), _axis_values("second", second)
        validate.same_length("second", rows, tiles.shape[0], "rows of images")
    validate.same_length("first", columns, tiles.shape[1], "columns of images")
    if shown is not None:
        tiles = np.where(np.broadcast_to(shown, tiles.shape[:2])[..., None, None, None], tiles, np.uint8(255))
    across_name, up_name = (dimension_name(across), dimension_name(up)) if names is None else names
    left, right = _edges(columns)
    bottom, top = _edges(rows) if rows is not None else (-0.5, 0.5)
    width, height = sheet_size(tiles, 6.8 if rows is not None else 9.0)
    ax = style.axes(ax, width + 0.7, height + 0.9)
    draw_sheet(ax, tiles[::-1], gap=0.0, extent=(left, right, bottom, top))
    ax.tick_params(length=3)
    ax.set_xticks(*_ticks(columns))
    ax.set_xlabel(across_name)
    if rows is None:
        ax.set_yticks([])
    else:
        ax.set_yticks(*_ticks(rows))
        ax.set_ylabel(up_name)
    ax.set_title("Decoded latent space")
    return display.from_axes(ax, first=columns, second=rows, extent=(left, right, bottom, top))


def _axis_values(name: str, values: Any) -> validate.Floats:
    array = validate.array(name, values, "(n,)", ndim=1)
    validate.ascending(name, array)
    return array


def _edges(values: validate.Floats) -> tuple[float, float]:
    """Return the start and the end of a row of images that are centered on ``values``."""
    half = float(values[-1] - values[0]) / (len(values) - 1) / 2 if len(values) > 1 else 0.5
    return float(values[0]) - half, float(values[-1]) + half


def _ticks(values: validate.Floats) -> tuple[validate.Floats, list[str]]:
    """Return positions and labels of ticks at round values of z; the images are evenly spaced even if z is not."""
    low, high = float(values[0]), float(values[-1])
    candidates = MaxNLocator(9, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high) if low < high else [low]
    shown = np.array([value for value in candidates if low - 1e-9 <= value <= high + 1e-9])
    positions = np.interp(shown, values, np.linspace(low, high, len(values)))
    return np.asarray(positions), [f"{value:g}".replace("-", "\N{MINUS SIGN}") for value in shown + 0.0]
