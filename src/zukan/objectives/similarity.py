"""The structural similarity of images at several scales (MS-SSIM)."""

from __future__ import annotations

from typing import Any

import numpy as np
from keras import ops

EXPONENTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)  # of the paper, section 3.2, from the finest scale
SIGMA = 1.5  # of the window in pixels
LEAST = 1e-6  # a negative similarity has no power


def similarity(a: Any, b: Any, *, scales: int = 5, window: int = 11, span: float = 1.0) -> Any:
    """Return the MS-SSIM of images, shape (batch,), at most 1, for equal images (doi:10.1109/ACSSC.2003.1292216).

    Luminance counts at the coarsest scale, contrast and structure at all. Each scale halves height and width. The
    scales end where an image would be smaller than the window; the exponents of those that remain are scaled to add up
    to 1. An image that is smaller than the window has one scale, and a window of its own height or width. Channels are
    compared separately and averaged.

    Parameters
    ----------
    a, b : tensor, shape (batch, height, width, channels)
    scales : int, default 5
    window : int, default 11
        Width of the Gaussian window, in pixels.
    span : float, default 1.0
        Difference of the largest and the smallest possible value.
    """
    used = 1
    while used < scales and min(a.shape[1:3]) >> used >= window:
        used += 1
    exponents = np.array(EXPONENTS[:used]) / sum(EXPONENTS[:used])
    result: Any = 1.0
    for i, exponent in enumerate(exponents):
        if i:
            a, b = (ops.average_pool(image, 2, 2, "valid", data_format="channels_last") for image in (a, b))
        luminance, structure = _at_one_scale(a, b, window, span)
        value = luminance * structure if i == used - 1 else structure
        result = result * ops.maximum(ops.mean(value, axis=(1, 2)), LEAST) ** float(exponent)
    return ops.mean(result, axis=-1)


def _at_one_scale(a: Any, b: Any, window: int, span: float) -> tuple[Any, Any]:
    """Return luminance, and contrast times structure, at each place of the window."""
    def blurred(image: Any) -> Any:  # by matrix products: XLA on a CPU is slow at convolutions of single channels
        down, across = (ops.convert_to_tensor(_windows(size, window), image.dtype) for size in image.shape[1:3])
        return ops.einsum("ph,bhwc,qw->bpqc", down, image, across)

    c1, c2 = (0.01 * span) ** 2, (0.03 * span) ** 2
    mean_a, mean_b = blurred(a), blurred(b)
    both = mean_a * mean_b
    squares = ops.square(mean_a) + ops.square(mean_b)
    variances = blurred(ops.square(a) + ops.square(b)) - squares
    return (2.0 * both + c1) / (squares + c1), (2.0 * (blurred(a * b) - both) + c2) / (variances + c2)


def _windows(size: int, window: int) -> np.ndarray:
    """Return the Gaussian weights of each place of the window in ``size`` pixels, shape (places, size)."""
    window = min(window, size)
    weights = np.exp(-0.5 * ((np.arange(window) - (window - 1) / 2) / SIGMA) ** 2)
    rows = np.zeros((size - window + 1, size))
    for i, row in enumerate(rows):
        row[i : i + window] = weights / weights.sum()
    return rows
