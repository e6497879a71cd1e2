"""Convolution layers that are computed as matrix products on a CPU, where XLA is slow at convolutions."""

from __future__ import annotations

import itertools
import math
from typing import Any

import keras
import numpy as np
from keras import layers, ops

LARGEST = 2**28  # bytes of patches; larger products would take too much memory
Pads = tuple[tuple[int, int], ...]  # number of zeros before and after, for each side


class _Convolution(layers.Layer):
    """One of Keras's convolutions, computed as a matrix product."""

    def convolution_op(self, inputs: Any, kernel: Any) -> Any:
        """Convolve ``inputs``, shape ``(batch, *sides, channels)``, with ``kernel``."""
        pads = _same(inputs.shape[1:-1], kernel.shape[0], self.strides[0])
        product = _product(inputs, kernel, pads, self.strides[0])
        return super().convolution_op(inputs, kernel) if product is None else product


@keras.saving.register_keras_serializable("zukan")
class Conv2D(_Convolution, layers.Conv2D):
    """Keras's ``Conv2D`` with ``padding="same"`` and a square kernel, computed as a matrix product on a CPU under JAX.

    Outside of a loop this takes about as long as XLA's convolution. Inside a loop, as in compiled epochs, XLA's
    convolution is many times slower than this product.
    """


@keras.saving.register_keras_serializable("zukan")
class Conv1D(_Convolution, layers.Conv1D):
    """Keras's ``Conv1D`` with ``padding="same"``, computed like `Conv2D`."""

    def call(self, inputs: Any) -> Any:
        """Convolve by `convolution_op`, which Keras's own method passes over."""
        return super(layers.Conv1D, self).call(inputs)


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


@keras.saving.register_keras_serializable("zukan")
class UpConv1D(Conv1D):
    """Double the length by repeating each step, then convolve with ``padding="same"``, computed like `UpConv2D`."""

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return ``(batch, 2 * length, filters)``."""
        batch, length, channels = input_shape
        return super().compute_output_shape((batch, 2 * length, channels))

    def convolution_op(self, inputs: Any, kernel: Any) -> Any:
        """Enlarge and convolve; the two output steps of an input step are computed by one smaller kernel each."""
        places, pads = _places(kernel.shape[0])
        *_, channels, filters = kernel.shape
        small = ops.einsum("api,icf->acpf", places, ops.convert_to_tensor(kernel))
        out = _product(inputs, ops.reshape(small, (-1, channels, 2 * filters)), (pads,))
        if out is None:
            return super().convolution_op(ops.repeat(inputs, 2, axis=1), kernel)  # too large for a product here too
        return ops.reshape(out, (-1, 2 * inputs.shape[1], filters))


def convolve(x: Any, kernel: Any, pads: Pads) -> Any:
    """Return the convolution of ``x`` with a kernel of any sizes, after adding ``pads``."""
    product = _product(x, kernel, pads)
    if product is not None:
        return product
    return ops.conv(ops.pad(x, ((0, 0), *pads, (0, 0))), kernel, padding="valid", data_format="channels_last")


def _product(x: Any, kernel: Any, pads: Pads, strides: int = 1) -> Any:
    """Return the convolution of ``x`` computed as one matrix product of its patches with the kernel.

    Parameters
    ----------
    x : tensor, shape (batch, *sides, channels)
    kernel : tensor, shape (*sizes, channels, filters)
    pads : pairs of int
    strides : int, default 1

    Returns
    -------
    tensor, shape (batch, *new sides, filters), or None
        None if XLA's convolution is the better choice: not on a CPU under JAX, or too many patches.
    """
    *sizes, channels, filters = kernel.shape
    sides = [(n + sum(pad) - size) // strides + 1 for n, pad, size in zip(x.shape[1:-1], pads, sizes, strict=True)]
    if not _on_cpu() or math.prod((len(x), *sides, *sizes, channels)) * 4 > LARGEST:
        return None
    x = ops.pad(x, ((0, 0), *pads, (0, 0)))
    taps = [x[:, *(slice(i, i + (side - 1) * strides + 1, strides) for i, side in zip(tap, sides, strict=True))]
            for tap in itertools.product(*map(range, sizes))]
    patches = ops.reshape(ops.concatenate(taps, axis=-1), (-1, math.prod(sizes) * channels))
    return ops.reshape(patches @ ops.reshape(kernel, (-1, filters)), (-1, *sides, filters))


def _on_cpu() -> bool:
    """Return whether JAX computes on a CPU."""
    if keras.backend.backend() != "jax":
        return False
    import jax  # noqa: PLC0415 not installed with every backend

    return jax.default_backend() == "cpu"


def _same(sizes: tuple[int, ...], kernel: int, strides: int) -> Pads:
    """Return the padding of ``padding="same"``: if the number of zeros is odd, the extra zero comes last."""
    excess = [max(kernel - (n % strides or strides), 0) for n in sizes]
    return tuple((n // 2, n - n // 2) for n in excess)


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
