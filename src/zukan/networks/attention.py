"""Attention between positions, and the learned vectors that networks with attention need."""

from __future__ import annotations

import math
from typing import Any

import keras
import numpy as np
from keras import initializers, layers, ops


@keras.saving.register_keras_serializable("zukan")
class Attention(keras.Layer):
    """Each position becomes a weighted mean over all positions (arXiv:1706.03762): softmax(q kᵀ / √d) v in each head.

    Keeps the shape ``(batch, positions, width)``.

    Parameters
    ----------
    heads : int
        At most this many heads: the greatest common divisor of ``heads`` and the width.
    """

    def __init__(self, heads: int, **options: Any) -> None:
        super().__init__(**options)
        self.heads = heads

    def build(self, input_shape: Any) -> None:
        """Create the layers that compute q, k and v, and the one that joins the heads."""
        width = input_shape[-1]
        # Without a bias: that of k would have no effect, and its gradient would be rounding errors.
        self.project = layers.Dense(3 * width, use_bias=False, name="project")
        self.join = layers.Dense(width, name="join")
        self.project.build(input_shape)
        self.join.build(input_shape)
        super().build(input_shape)

    def call(self, h: Any) -> Any:
        """Return the means, mapped by a linear layer."""
        _, positions, width = h.shape
        heads = math.gcd(self.heads, width)
        parts = ops.reshape(self.project(h), (-1, positions, 3, heads, width // heads))
        q, k, v = parts[:, :, 0], parts[:, :, 1], parts[:, :, 2]
        scores = ops.einsum("bqhd,bkhd->bhqk", q, k) / math.sqrt(width // heads)
        # One position gets all the weight; Keras warns about a softmax over one number.
        weights = ops.softmax(scores, axis=-1) if positions > 1 else scores * 0.0 + 1.0
        means = ops.einsum("bhqk,bkhd->bqhd", weights, v)
        return self.join(ops.reshape(means, (-1, positions, width)))

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the same shape."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {**super().get_config(), "heads": self.heads}


@keras.saving.register_keras_serializable("zukan")
class AddPositions(keras.Layer):
    """Add a vector of its own to each position of ``(batch, positions, width)``.

    Parameters
    ----------
    kind : {"learned", "sinusoidal"}
        Trained vectors, or fixed sines and cosines of the position (arXiv:1706.03762, section 3.5).
    """

    def __init__(self, kind: str = "learned", **options: Any) -> None:
        super().__init__(**options)
        self.kind = kind

    def build(self, input_shape: Any) -> None:
        """Create the vectors."""
        shape = tuple(input_shape[1:])
        self.vectors: Any = sinusoids(*shape) if self.kind == "sinusoidal" else self.add_weight(
            shape=shape, initializer=initializers.RandomNormal(stddev=0.2), name="vectors")
        super().build(input_shape)

    def call(self, h: Any) -> Any:
        """Return the sums."""
        return h + ops.cast(self.vectors, h.dtype)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {**super().get_config(), "kind": self.kind}


@keras.saving.register_keras_serializable("zukan")
class PrependToken(keras.Layer):
    """Put one trained vector in front of the positions: ``(batch, 1 + positions, width)`` (arXiv:1810.04805)."""

    def build(self, input_shape: Any) -> None:
        """Create the vector."""
        self.token = self.add_weight(shape=(1, input_shape[-1]), initializer=initializers.RandomNormal(stddev=0.2),
                                     name="token")
        super().build(input_shape)

    def call(self, h: Any) -> Any:
        """Return the longer sequence."""
        token = ops.pad(ops.cast(self.token, h.dtype), ((0, h.shape[1]), (0, 0)))
        return ops.pad(h, ((0, 0), (1, 0), (0, 0))) + token

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return ``(batch, 1 + positions, width)``."""
        batch, positions, width = input_shape
        return batch, 1 + positions, width


def sinusoids(positions: int, width: int) -> np.ndarray:
    """Return sines and cosines, shape (positions, width), whose wavelengths grow geometrically from 2π to 20,000π."""
    angles = np.arange(positions)[:, None] / 10_000 ** (np.arange(0, width, 2) / width)
    return np.stack([np.sin(angles), np.cos(angles)], axis=-1).reshape(positions, -1)[:, :width].astype("float32")
