"""Dense networks with masks, for transformations whose Jacobian is triangular."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
from keras import ops

BOUND = 3.0  # of a log-scale: one transformation stretches an axis by a factor of 20 at most


class MaskedDense(keras.Layer):
    """A dense network from x to a shift and a log-scale for each element of x (MADE, arXiv:1502.03509).

    Output i depends on the inputs of lower degree only. The last layer starts at 0, so that a flow starts as the
    identity.

    Parameters
    ----------
    degrees : sequence of int
        From 0; one for each element of x.
    units : sequence of int
        Widths of the hidden layers.
    context_dim : int, default 0
        Width of a second input, which every output may depend on.
    """

    def __init__(self, degrees: npt.ArrayLike, units: Sequence[int], context_dim: int = 0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.degrees = np.asarray(degrees)
        self.units = units
        self.context_dim = context_dim

    def build(self, input_shape: Any = None) -> None:
        """Create kernels, biases and masks."""
        # A unit of degree k sees inputs up to degree k. With a context, some units see the context only (degree -1).
        lowest, highest = -1 if self.context_dim else 0, max(1, self.degrees.max())
        span = highest - lowest
        hidden = [np.arange(width) % span + lowest if width >= span  # fewer units: spread over all degrees
                  else np.linspace(lowest, highest - 1, width).round().astype(int) for width in self.units]
        layers = [self.degrees, *hidden]
        self.masks = [(a[:, None] <= b).astype("float32") for a, b in pairwise(layers)]
        self.masks.append(np.tile((layers[-1][:, None] < self.degrees).astype("float32"), 2))
        last = len(self.masks) - 1
        self.kernels = [self.add_weight(shape=mask.shape, initializer="zeros" if i == last else "glorot_uniform",
                                        name=f"kernel_{i}") for i, mask in enumerate(self.masks)]
        self.biases = [self.add_weight(shape=mask.shape[1:], initializer="zeros", name=f"bias_{i}")
                       for i, mask in enumerate(self.masks)]
        if self.context_dim:
            self.context_kernel = self.add_weight(shape=(self.context_dim, self.masks[0].shape[1]),
                                                  initializer="glorot_uniform", name="context_kernel")
        super().build(input_shape)

    def parameters(self, x: Any, context: Any = None) -> tuple[Any, Any]:
        """Return shift and log-scale, each of shape ``(..., d)``; the log-scale lies between -3 and 3."""
        for i, (kernel, bias, mask) in enumerate(zip(self.kernels, self.biases, self.masks, strict=True)):
            x = ops.silu(x) if i else x
            x = ops.matmul(x, ops.multiply(kernel.value, mask)) + bias.value
            x = x + ops.matmul(context, self.context_kernel.value) if self.context_dim and not i else x
        d = len(self.degrees)
        return x[..., :d], BOUND * ops.softsign(x[..., d:] / BOUND)


def one_by_one(d: int, index: int) -> np.ndarray:
    """Return degrees for layer ``index`` of a flow: all different, in reverse order in every second layer."""
    return np.arange(d)[:: -1 if index % 2 else 1]


def by_halves(d: int, index: int) -> np.ndarray:
    """Return degrees for layer ``index`` of a flow: 0 for one half of the elements, 1 for the other, in turns."""
    return (np.arange(d) + index) % 2


def masked_layers(degrees: Callable[[int, int], np.ndarray], d: int, flows: int, units: Sequence[int],
                  context_dim: int = 0) -> list[MaskedDense]:
    """Return the networks of the ``flows`` layers of a flow over ``d`` elements, built."""
    networks = [MaskedDense(degrees(d, i), units, context_dim) for i in range(flows)]
    for network in networks:
        network.build()
    return networks
