"""Signals as the pixels of small line charts."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from contextvars import ContextVar

import numpy as np
from matplotlib.colors import to_rgb
from numpy.typing import NDArray

from zukan.plots import style, validate

HEIGHT, WIDTH, PEN = 64, 96, 1.6  # pixels
_drawn: ContextVar[bool] = ContextVar("drawn", default=False)


@contextlib.contextmanager
def items_of(event_shape: Sequence[int]) -> Iterator[None]:
    """Inside this context, figures draw items of two axes as signals if items have the shape ``event_shape``.

    A shape (length, channels) is that of signals, drawn as lines over time. Otherwise items of two axes are gray
    images, as arrays of images without a channel axis are.
    """
    token = _drawn.set(len(event_shape) == 2)
    try:
        yield
    finally:
        _drawn.reset(token)


def drawn() -> bool:
    """Return whether figures draw items of two axes as lines."""
    return _drawn.get()


def pixels(signals: validate.Floats) -> NDArray[np.uint8]:
    """Return RGBA pixels (*lead, h, w, 4) of signals (*lead, length, channels); all share one scale.

    Each channel has a color. Where every channel lacks a value, NaN, the column has the color of missing values.
    """
    length, channels = signals.shape[-2:]
    steps = max(1, -(-(length - 1) // WIDTH))  # points between the left and the right edge of a column
    places = np.linspace(0, length - 1, WIDTH * steps + 1)
    before = np.floor(places).astype(int)
    after, share = np.minimum(before + 1, length - 1), (places - before)[:, None]
    points = np.where(share > 0, signals[..., before, :] * (1 - share) + signals[..., after, :] * share,
                      signals[..., before, :])  # a missing neighbor does not hide a value
    columns = np.stack([points[..., i : i + steps * WIDTH : steps, :] for i in range(steps + 1)])
    bottom, top = np.fmin.reduce(columns), np.fmax.reduce(columns)
    observed = signals[~np.isnan(signals)]
    low, high = (float(observed.min()), float(observed.max())) if observed.size else (0.0, 0.0)
    if low == high:
        low, high = low - 1.0, high + 1.0
    row = (high - low) / (HEIGHT - PEN)
    edges = (high + PEN / 2 * row - row * np.arange(HEIGHT))[:, None]  # upper edges of the rows
    paper, missing = (np.array(to_rgb(color)) for color in ("#f1f3f6", style.MISSING))
    rgb = np.where(np.isnan(top).all(axis=-1)[..., None, :, None], missing, paper)
    rgb = np.repeat(rgb, HEIGHT, axis=-3)
    colors = [to_rgb(style.BLUE)] if channels == 1 else style.class_colors(channels)(range(channels))[:, :3]
    for channel, color in enumerate(colors):
        upper = np.nan_to_num(top[..., None, :, channel] + PEN / 2 * row, nan=-np.inf)
        lower = np.nan_to_num(bottom[..., None, :, channel] - PEN / 2 * row, nan=np.inf)
        inside = np.minimum(upper, edges) - np.maximum(lower, edges - row)
        coverage = np.clip(inside / row, 0.0, 1.0)[..., None]  # the share of a pixel that the line covers
        rgb = rgb + coverage * (np.array(color) - rgb)
    frame = [(0, 0)] * (rgb.ndim - 3) + [(2, 2), (2, 2), (0, 0)]
    rgb = np.pad(rgb, frame, constant_values=1.0)  # a margin, for sheets that have no gaps between pictures
    return (np.concatenate([rgb, np.ones_like(rgb[..., :1])], axis=-1) * 255.0 + 0.5).astype(np.uint8)
