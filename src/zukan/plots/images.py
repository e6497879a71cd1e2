"""Items as pixels, and sheets of many pictures drawn as one image."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from numpy.typing import NDArray

from zukan import checks
from zukan.plots import bars, lines, style, validate

Pixels = NDArray[np.uint8]


def pixels(name: str, images: Any, lead: str, *, missing: bool = False) -> Pixels:
    """Return ``images`` as RGBA pixels, uint8 of shape ``(*lead, h, w, 4)``.

    Parameters
    ----------
    name : str
        The argument's name, for the message of an error.
    images : array of shape (*lead, *event)
        An event (h, w) or (h, w, 1) is a gray image, (h, w, 3) a color image and (h, w, 4) a color image with
        opacity, each clipped to [0, 1]. Other numbers of channels are drawn in gray, side by side. A vector (d,) is
        drawn as a bar chart; all vectors share one scale. Inside `items_of` a shape of signals, an event of two axes
        is a signal (length, channels), drawn as lines.
    lead : str
        Names of the leading axes, for example ``"rows, cols"``.
    missing : bool
        Accept NaN, a missing value. It is drawn in a color of its own.
    """
    axes = lead.count(",") + 1
    events = validate.array(name, images, f"({lead}, *event), an event being (h, w), (h, w, channels) or (d,)",
                            min_ndim=axes + 1, missing=missing)
    front, event = events.shape[:axes], events.shape[axes:]
    if len(event) == 1 or len(event) > 3:
        return bars.pixels(events.reshape(*front, -1))
    if len(event) == 2 and lines.drawn():
        return lines.pixels(events)
    if np.asarray(images).dtype.kind in "iu" and events.max() > 1.0:
        raise checks.InputError(
            f"{name} must lie in [0, 1], got whole numbers up to {events.max():g}; divide them by 255")
    if len(event) == 2:
        events = events[..., None]
    if events.shape[-1] not in {1, 3, 4}:
        events = np.moveaxis(events, -1, -2).reshape(*front, event[0], -1, 1)
    absent = np.isnan(events).any(axis=-1)
    values = (np.clip(np.nan_to_num(events), 0.0, 1.0) * 255.0 + 0.5).astype(np.uint8)
    if values.shape[-1] == 1:
        values = np.repeat(values, 3, axis=-1)
    if values.shape[-1] == 3:
        values = np.concatenate([values, np.full_like(values[..., :1], 255)], axis=-1)
    values[absent] = np.array(to_rgba(style.MISSING)) * 255
    return values


def draw_sheet(ax: Axes, tiles: Pixels, gap: float = 0.06, below: float = 0.0,
               extent: tuple[float, float, float, float] | None = None) -> None:
    """Draw ``tiles`` of shape (rows, cols, h, w, 4) as one image, which is faster than one axes per picture.

    Parameters
    ----------
    ax : matplotlib Axes
    tiles : array
    gap : float
        Space between pictures, relative to a picture's longer side.
    below : float
        Space below each picture, relative to its height.
    extent : (left, right, bottom, top), optional
        Data coordinates of the sheet. By default, the center of row i and column j is at x = j, y = i, and y grows
        downwards.
    """
    zoom = max(1, 32 // max(tiles.shape[2:4]))  # keeps the gap between tiny pictures thin
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
    style.hide_frame(ax)


def sheet_size(tiles: Pixels, width: float, max_height: float = 9.0) -> tuple[float, float]:
    """Return the size in inches of a sheet of ``tiles``, at most ``width`` by ``max_height``, without its labels."""
    rows, cols, high, wide, _ = tiles.shape
    ratio = rows * high / (cols * wide)
    width = min(width, max_height / ratio)
    return width, width * ratio


def pad_tiles(tiles: Pixels, count: int) -> Pixels:
    """Return ``tiles`` of shape (n, h, w, 4) followed by white tiles, ``count`` in total."""
    white = np.full((count - len(tiles), *tiles.shape[1:]), 255, dtype=np.uint8)
    return np.concatenate([tiles, white])
