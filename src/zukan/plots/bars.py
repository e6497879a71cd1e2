"""Vectors -> small bar charts, as pixels: what `images` does for events that are not pictures."""

from __future__ import annotations

import numpy as np
from matplotlib.colors import to_rgb
from numpy.typing import NDArray

from zukan.plots import given, style

HEIGHT, WIDEST = 64, 96  # pixels; and the most bars that can be told apart


def draw(vectors: given.Floats) -> NDArray[np.uint8]:
    """Return RGBA pixels (*lead, h, w, 4) of vectors (*lead, d); all share one scale, and zero is on it."""
    group = -(-vectors.shape[-1] // WIDEST)  # more elements than that: a bar is the mean of some neighbours
    starts = np.arange(0, vectors.shape[-1], group)
    vectors = np.add.reduceat(vectors, starts, axis=-1) / np.diff([*starts, vectors.shape[-1]])
    low, high = min(float(vectors.min()), 0.0), max(float(vectors.max()), 0.0)
    step = (high - low or 1.0) / HEIGHT
    top = (high - step * np.arange(HEIGHT))[:, None]
    bar = vectors[..., None, :]
    inside = np.minimum(np.maximum(bar, 0.0), top) - np.maximum(np.minimum(bar, 0.0), top - step)
    cover = np.clip(inside / step, 0.0, 1.0)  # how much of a pixel lies inside its bar
    paper, up, down = (np.array(to_rgb(colour)) for colour in ("#f1f3f6", style.BLUE, style.VERMILION))
    colour = np.where(bar[..., None] >= 0.0, up, down)
    rgb = paper + cover[..., None] * (colour - paper)
    wide = WIDEST // vectors.shape[-1]
    rgb = np.repeat(rgb, wide, axis=-2)
    gaps = np.arange(rgb.shape[-2]) % wide >= wide - wide // 4  # a quarter of a bar's width, where there is room
    rgb[..., gaps, :] = paper
    frame = [(0, 0)] * (rgb.ndim - 3) + [(2, 2), (2, 2), (0, 0)]
    rgb = np.pad(rgb, frame, constant_values=1.0)  # its own margin: sheets without gaps stay legible
    opaque = np.ones_like(rgb[..., :1])
    return (np.concatenate([rgb, opaque], axis=-1) * 255.0 + 0.5).astype(np.uint8)
