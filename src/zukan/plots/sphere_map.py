"""Map of a latent space that is a sphere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from zukan.plots import class_labels, display, points, style, validate

POLES = {"z1": (0.0, 0.0), "z2": (90.0, 0.0), "\N{MINUS SIGN}z2": (-90.0, 0.0), "z3": (0.0, 90.0),
         "\N{MINUS SIGN}z3": (0.0, -90.0)}


@style.styled
def sphere_map(z: Any, labels: Any = None, class_names: Sequence[str] | None = None,
               ax: Axes | None = None) -> display.Display:
    """Draw codes on the unit sphere in an equal-area projection of the whole sphere, colored by class or density.

    Parameters
    ----------
    z : array of shape (n, 3)
        Points on the sphere.
    labels, class_names, ax
        As for `latent_map`.

    Returns
    -------
    Display
        ``numbers``: as for `latent_map`, with the points and centers in the plane of the projection.
    """
    from zukan import spaces  # noqa: PLC0415 it imports Keras, which imports pyplot
    from zukan.context import Piece  # noqa: PLC0415

    codes = validate.array("z", z, "(n, 3)", ndim=2)
    validate.same_length("z", codes.T, 3, "dimensions of a sphere in space")
    classes = class_labels.encode(labels, class_names, len(codes))
    ax = style.axes(ax, 8.2, 4.2)
    middles = None if classes is None else spaces.to_plane(
        spaces.nearest(np.nan_to_num(points.centers(codes, classes)), (Piece("sphere", 3),)))
    result = points.draw(ax, spaces.to_plane(codes), classes, middles)
    _draw_globe(ax)
    ax.set(xlim=(-2.9, 2.9), ylim=(-1.55, 1.55), xticks=[], yticks=[])
    ax.set_title("Latent map: the whole sphere")
    return result


def _draw_globe(ax: Axes) -> None:
    """Draw the outline, circles every 30 degrees, and the names of the directions."""
    ax.grid(visible=False)
    line = np.linspace(-180.0, 180.0, 361)
    edge = 179.999
    for angle in range(-150, 180, 30):
        ax.plot(*_plane(angle, line / 2).T, color=style.RULE, linewidth=0.7, zorder=0)
    for angle in range(-60, 90, 30):
        ax.plot(*_plane(np.clip(line, -edge, edge), angle).T, color=style.RULE, linewidth=0.7, zorder=0)
    for side in (-edge, edge):
        ax.plot(*_plane(side, line / 2).T, color=style.FAINT, linewidth=1.0, zorder=0)
    for name, place in POLES.items():
        x, y = _plane(*place)
        ax.text(x, y * 1.06, name, color=style.MUTED, fontsize=style.SMALL, ha="center", va="center")


def _plane(across: Any, up: Any) -> np.ndarray:
    """Return longitudes and latitudes in degrees as points of the projection."""
    from zukan import spaces  # noqa: PLC0415

    across, up = np.broadcast_arrays(np.radians(across), np.radians(up))
    return spaces.to_plane(np.stack([np.cos(up) * np.cos(across), np.cos(up) * np.sin(across), np.sin(up)], axis=-1))
