"""Convolution layers that are computed as matrix products on a CPU, where XLA is slow at convolutions."""

from __future__ import annotations

import math
from typing import Any

import keras
import numpy as np
from keras import layers, ops

LARGEST = 2**28  # bytes of patches; larger products would take too much memory
Pads = tuple[tuple[int, int], tuple[int, int]]  # number of zeros before and after, for height and for width


@keras.saving.register_keras_serializable("zukan")
class Conv2D(layers.Conv2D):
    """Keras's ``Conv2D`` with ``padding="same"`` and a square kernel, computed as a matrix product on a CPU under JAX.

    Outside of a loop this takes about as long as XLA's convolution. Inside a loop, as in compiled epochs, XLA's
    convolution is many times slower than this product.
    """

    def convolution_op(self, inputs: Any, kernel: Any) -> Any:
        """Convolve ``inputs``, shape ``(batch, height, width, channels)``, with ``kernel``."""
        pads = _same(inputs.shape[1:3], kernel.shape[0], self.strides[0])
        product = _product(inputs, kernel, pads, self.strides[0])
        return super().convolution_op(inputs, kernel) if product is None else product


@keras.saving.register_keras_serializable("zukan")
class UpConv2D(layers.Conv2D):
    """Double height and width by repeating each pixel, then convolve with ``padding="same"`` and a square kernel.

    Computed as a matrix product on a CPU under JAX, like `Conv2D`.
    """

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return ``(batch, 2 * height, 2 * width, filters)``."""
        batch, height, width, channels = input_shape
        return super().compute_output_shape((batch, 2 * height, 2 * width, channels))

    def convolution_op(self, inputs: Any, kernel: Any) -> Any:
        """Enlarge and convolve.

        The four output pixels of an input pixel see the same few input pixels. So the product needs no enlarged input:
        it convolves the small input with four smaller kernels, one for each of the four output pixels.
        """
        places, pads = _places(kernel.shape[0])
        *_, channels, filters = kernel.shape
        small = ops.einsum("api,bqj,ijcf->abcpqf", places, places, ops.convert_to_tensor(kernel))
        out = _product(inputs, ops.reshape(small, (*small.shape[:2], channels, 4 * filters)), (pads, pads))
        if out is None:
            return super().convolution_op(ops.repeat(ops.repeat(inputs, 2, axis=1), 2, axis=2), kernel)
        _, height, width, _ = out.shape
        out = ops.transpose(ops.reshape(out, (-1, height, width, 2, 2, filters)), (0, 1, 3, 2, 4, 5))
        return ops.reshape(out, (-1, 2 * height, 2 * width, filters))


def convolve(x: Any, kernel: Any, pads: Pads) -> Any:
    """Return the convolution of ``x`` with a kernel of any height and width, after adding ``pads``."""
    product = _product(x, kernel, pads)
    if product is not None:
        return product
    return ops.conv(ops.pad(x, ((0, 0), *pads, (0, 0))), kernel, padding="valid", data_format="channels_last")


def _product(x: Any, kernel: Any, pads: Pads, strides: int = 1) -> Any:
    """Return the convolution of ``x`` computed as one matrix product of its patches with the kernel.

    Parameters
    ----------
    x : tensor, shape (batch, height, width, channels)
    kernel : tensor, shape (rows, columns, channels, filters)
    pads : pairs of int
    strides : int, default 1

    Returns
    -------
    tensor, shape (batch, new height, new width, filters), or None
        None if XLA's convolution is the better choice: not on a CPU under JAX, or too many patches.
    """
    rows, columns, channels, filters = kernel.shape
    height, width = ((n + sum(pad) - size) // strides + 1
                     for n, pad, size in zip(x.shape[1:3], pads, kernel.shape[:2], strict=True))
    if not _on_cpu() or math.prod((len(x), height, width, rows, columns, channels)) * 4 > LARGEST:
        return None
    x = ops.pad(x, ((0, 0), *pads, (0, 0)))
    taps = [x[:, i : i + (height - 1) * strides + 1 : strides, j : j + (width - 1) * strides + 1 : strides]
            for i in range(rows) for j in range(columns)]
    patches = ops.reshape(ops.concatenate(taps, axis=-1), (-1, rows * columns * channels))
    return ops.reshape(patches @ ops.reshape(kernel, (-1, filters)), (-1, height, width, filters))


def _on_cpu() -> bool:
    """Return whether JAX computes on a CPU."""
    if keras.backend.backend() != "jax":
        return False
    import jax  # noqa: PLC0415 not installed with every backend

    return jax.default_backend() == "cpu"


def _same(sizes: tuple[int, ...], kernel: int, strides: int) -> Pads:
    """Return the padding of ``padding="same"``: if the number of zeros is odd, the extra zero comes last."""
    excess = [max(kernel - (n % strides or strides), 0) for n in sizes]
    return tuple((n // 2, n - n // 2) for n in excess)  # type: ignore[return-value]


def _places(kernel: int) -> tuple[np.ndarray, tuple[int, int]]:
    """Return how the weights of a kernel on the enlarged image add up to kernels on the small image, along one axis.

    Returns
    -------
    places : array of 0 and 1, shape (taps of the small kernel, 2, taps of the kernel)
        Each input pixel gives two output pixels, p = 0 and p = 1. Entry (a, p, i) is 1 if tap i of the kernel for
        output pixel p lies on the same input pixel as tap a of the small kernel.
    pads : (int, int)
        The number of zeros that the small image needs before and after.
    """
    first = (kernel - 1) // 2
    meets = np.array([[(place + tap - first) // 2 for tap in range(kernel)] for place in range(2)])
    places = np.arange(meets.min(), meets.max() + 1)[:, None, None] == meets
    return places.astype("float32"), (-int(meets.min()), int(meets.max()))
