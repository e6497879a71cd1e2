"""Convolutions as products of patches, where XLA is slow at convolutions: on a CPU."""

from __future__ import annotations

import math
from typing import Any

import keras
import numpy as np
from keras import layers, ops

LARGEST = 2**28  # bytes of patches; beyond, memory matters more than time
Pads = tuple[tuple[int, int], tuple[int, int]]  # zeros before and after, for height and width


@keras.saving.register_keras_serializable("zukan")
class Conv2D(layers.Conv2D):
    """Keras's convolution with ``padding="same"`` and a square kernel; on a CPU under JAX a product of patches.

    Alone that takes about as long as XLA's own; inside a loop, where XLA's is many times slower, it takes less still.
    """

    def convolution_op(self, inputs: Any, kernel: Any) -> Any:
        """Convolve."""
        pads = _same(inputs.shape[1:3], kernel.shape[0], self.strides[0])
        product = _product(inputs, kernel, pads, self.strides[0])
        return super().convolution_op(inputs, kernel) if product is None else product


@keras.saving.register_keras_serializable("zukan")
class UpConv2D(Conv2D):
    """Enlarge height and width twice, each pixel to four, and convolve."""

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the shape of the convolved enlargement."""
        batch, height, width, channels = input_shape
        return super().compute_output_shape((batch, 2 * height, 2 * width, channels))

    def convolution_op(self, inputs: Any, kernel: Any) -> Any:
        """Convolve the enlarged input; as a product, by one kernel for each of the four places in an enlarged pixel."""
        places, pads = _places(kernel.shape[0])
        *_, channels, filters = kernel.shape
        small = ops.einsum("api,bqj,ijcf->abcpqf", places, places, ops.convert_to_tensor(kernel))
        out = _product(inputs, ops.reshape(small, (*small.shape[:2], channels, 4 * filters)), (pads, pads))
        if out is None:
            return super().convolution_op(ops.repeat(ops.repeat(inputs, 2, axis=1), 2, axis=2), kernel)
        _, height, width, _ = out.shape
        out = ops.transpose(ops.reshape(out, (-1, height, width, 2, 2, filters)), (0, 1, 3, 2, 4, 5))
        return ops.reshape(out, (-1, 2 * height, 2 * width, filters))


def _product(x: Any, kernel: Any, pads: Pads, strides: int = 1) -> Any:
    """Convolve ``x``, shape ``(batch, height, width, channels)``, as one product of its patches; None if unwise."""
    size, _, channels, filters = kernel.shape
    height, width = ((n + sum(pad) - size) // strides + 1 for n, pad in zip(x.shape[1:3], pads, strict=True))
    if not _on_cpu() or math.prod((len(x), height, width, size, size, channels)) * 4 > LARGEST:
        return None
    x = ops.pad(x, ((0, 0), *pads, (0, 0)))
    taps = [x[:, i : i + (height - 1) * strides + 1 : strides, j : j + (width - 1) * strides + 1 : strides]
            for i in range(size) for j in range(size)]
    patches = ops.reshape(ops.concatenate(taps, axis=-1), (-1, size * size * channels))
    return ops.reshape(patches @ ops.reshape(kernel, (-1, filters)), (-1, height, width, filters))


def _on_cpu() -> bool:
    if keras.backend.backend() != "jax":
        return False
    import jax  # noqa: PLC0415

    return jax.default_backend() == "cpu"


def _same(sizes: tuple[int, ...], kernel: int, strides: int) -> Pads:
    """Return the zeros of TensorFlow's "same", the odd one after the end."""
    excess = [max(kernel - (n % strides or strides), 0) for n in sizes]
    return tuple((n // 2, n - n // 2) for n in excess)  # type: ignore[return-value]


def _places(kernel: int) -> tuple[np.ndarray, tuple[int, int]]:
    """Return which pixel ``a`` of the small image tap ``i`` meets at place ``p``, (a, p, i), and the zeros it needs."""
    first = (kernel - 1) // 2
    meets = np.array([[(place + tap - first) // 2 for tap in range(kernel)] for place in range(2)])
    places = np.arange(meets.min(), meets.max() + 1)[:, None, None] == meets
    return places.astype("float32"), (-int(meets.min()), int(meets.max()))
