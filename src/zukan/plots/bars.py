"""Vectors as the pixels of small bar charts."""

from __future__ import annotations

import numpy as np
from matplotlib.colors import to_rgb
from numpy.typing import NDArray

from zukan.plots import style, validate

HEIGHT, MAX_BARS = 64, 96  # pixels; with more bars, they cannot be distinguished


def pixels(vectors: validate.Floats) -> NDArray[np.uint8]:
    """Return RGBA pixels (*lead, h, w, 4) of vectors (*lead, d); all share one scale, which includes zero.

    A missing value, NaN, is a column in the color of missing values.
    """
    group = -(-vectors.shape[-1] // MAX_BARS)  # in longer vectors, a bar is the mean of neighboring elements
    starts = np.arange(0, vectors.shape[-1], group)
    present = np.add.reduceat(~np.isnan(vectors), starts, axis=-1, dtype=vectors.dtype)
    vectors = np.add.reduceat(np.nan_to_num(vectors), starts, axis=-1) / np.maximum(present, 1)
    low, high = min(float(vectors.min()), 0.0), max(float(vectors.max()), 0.0)
    step = (high - low or 1.0) / HEIGHT
    top = (high - step * np.arange(HEIGHT))[:, None]
    bar = vectors[..., None, :]
    inside = np.minimum(np.maximum(bar, 0.0), top) - np.maximum(np.minimum(bar, 0.0), top - step)
    coverage = np.clip(inside / step, 0.0, 1.0)  # the share of a pixel that the bar covers
    paper, up, down, missing = (np.array(to_rgb(color))
                                for color in ("#f1f3f6", style.BLUE, style.VERMILION, style.MISSING))
    color = np.where(bar[..., None] >= 0.0, up, down)
    rgb = np.where(present[..., None, :, None] > 0, paper + coverage[..., None] * (color - paper), missing)
    width = MAX_BARS // vectors.shape[-1]
    rgb = np.repeat(rgb, width, axis=-2)
    gaps = np.arange(rgb.shape[-2]) % width >= width - width // 4  # a quarter of a bar's width, if bars are wide enough
    rgb[..., gaps, :] = paper
    frame = [(0, 0)] * (rgb.ndim - 3) + [(2, 2), (2, 2), (0, 0)]
    rgb = np.pad(rgb, frame, constant_values=1.0)  # a margin, for sheets that have no gaps between pictures
    opaque = np.ones_like(rgb[..., :1])
    return (np.concatenate([rgb, opaque], axis=-1) * 255.0 + 0.5).astype(np.uint8)
