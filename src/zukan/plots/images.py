"""Events -> pixels, and sheets of pixels into one axes: one canvas is faster than an axes a picture."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from zukan import checks
from zukan.plots import bars, given, style

Pixels = NDArray[np.uint8]


def pixels(name: str, images: Any, lead: str) -> Pixels:
    """Return ``images`` as RGBA pixels, uint8 of shape ``(*lead, h, w, 4)``.

    Parameters
    ----------
    name : str
        The argument's name, for an error.
    images : array of shape (*lead, *event)
        An event (h, w) or (h, w, 1) is grey, (h, w, 3) colour, (h, w, 4) colour with opacity, each clipped to
        [0, 1]; other channel counts lie side by side in grey; a vector (d,) is drawn as bars on one scale.
    lead : str
        The leading axes by name, such as ``"rows, cols"``.
    """
    axes = lead.count(",") + 1
    events = given.array(name, images, f"({lead}, *event), an event being (h, w), (h, w, channels) or (d,)",
                         least=axes + 1)
    front, event = events.shape[:axes], events.shape[axes:]
    if len(event) == 1 or len(event) > 3:
        return bars.draw(events.reshape(*front, -1))
    if np.asarray(images).dtype.kind in "iu" and events.max() > 1.0:
        raise checks.InputError(
            f"{name} must lie in [0, 1], got whole numbers up to {events.max():g}; divide them by 255")
    if len(event) == 2:
        events = events[..., None]
    if events.shape[-1] not in {1, 3, 4}:
        events = np.moveaxis(events, -1, -2).reshape(*front, event[0], -1, 1)
    values = (np.clip(events, 0.0, 1.0) * 255.0 + 0.5).astype(np.uint8)
    if values.shape[-1] == 1:
        values = np.repeat(values, 3, axis=-1)
    if values.shape[-1] == 3:
        values = np.concatenate([values, np.full_like(values[..., :1], 255)], axis=-1)
    return values


def draw(ax: Axes, tiles: Pixels, gap: float = 0.06, below: float = 0.0,
         extent: tuple[float, float, float, float] | None = None) -> None:
    """Draw ``tiles`` of shape (rows, cols, h, w, 4) as one sheet, keeping each picture's shape.

    Without ``extent`` (left, right, bottom, top) the centre of row i and column j lies at x = j, y = i, with y
    growing downwards. ``gap`` is the room between pictures in parts of a picture's longer side,
    ``below`` the room under each picture in parts of its height.
    """
    zoom = max(1, 32 // max(tiles.shape[2:4]))  # so that a gap around tiny pictures stays a thin line
    tiles = tiles.repeat(zoom, axis=2).repeat(zoom, axis=3)
    rows, cols, height, width, _ = tiles.shape
    pad = round(gap * max(height, width) / 2 + 0.25) if gap else 0
    foot = pad + round(below * height)
    padded = np.pad(tiles, ((0, 0), (0, 0), (pad, foot), (pad, pad), (0, 0)), constant_values=255)
    height, width = padded.shape[2:4]
    canvas = padded.swapaxes(1, 2).reshape(rows * height, cols * width, 4)
    left, right, bottom, top = extent or (-0.5, cols - 0.5, rows - 0.5, -0.5)
    aspect = (rows * height / abs(top - bottom)) / (cols * width / abs(right - left))
    ax.imshow(canvas, extent=(left, right, bottom, top), aspect=aspect)
    ax.set_anchor("NW")
    style.bare(ax)


def size(tiles: Pixels, width: float, tallest: float = 9.0) -> tuple[float, float]:
    """Return the inches of a sheet of ``tiles`` at most ``width`` wide and ``tallest`` high, labels aside."""
    rows, cols, high, wide, _ = tiles.shape
    ratio = rows * high / (cols * wide)
    width = min(width, tallest / ratio)
    return width, width * ratio


def blank(tiles: Pixels, cells: int) -> Pixels:
    """Return ``tiles`` of shape (n, h, w, 4) filled up with paper to ``cells``."""
    room = np.full((cells - len(tiles), *tiles.shape[1:]), 255, dtype=np.uint8)
    return np.concatenate([tiles, room])


def one_shape(shapes: dict[str, tuple[int, ...]]) -> None:
    """Raise unless all arrays, by name, have one shape."""
    (first, wanted), *others = shapes.items()
    for name, shape in others:
        if shape != wanted:
            raise checks.InputError(f"{name} must have the shape of {first}, {wanted}, got {shape}")
