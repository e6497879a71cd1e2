"""The prior that is a causal transformer over codes."""

from __future__ import annotations

import math
from typing import Any

import keras
import numpy as np
from keras import layers, ops

from zukan import checks, distributions, numerics
from zukan.context import Context, Shapes
from zukan.priors.base import priors
from zukan.priors.codes import CodePrior


@priors.register("autoregressive")
class Autoregressive(CodePrior):
    """p(codes) = prod_i p(c_i | c_1 ... c_(i-1)), from a small causal transformer (arXiv:1706.03762).

    If the model has a condition, every code sees it.

    Parameters
    ----------
    units : int, default 64
        Width; a multiple of ``heads``.
    depth : int, default 2
        Number of blocks of attention and two dense layers.
    heads : int, default 4
    """

    def __init__(self, units: int = 64, depth: int = 2, heads: int = 4) -> None:
        super().__init__()
        self.units = checks.integer("units", units)
        self.depth = checks.integer("depth", depth)
        self.heads = checks.integer("heads", heads)
        if units % heads:
            raise checks.InputError(f"units must be a multiple of heads, {heads}, got {units}; "
                                    f"use {-(-units // heads) * heads}")

    def build(self, shapes: Shapes) -> None:
        """Create the layers."""
        super().build(shapes)
        self.places = self.add_weight(shape=(self.length, self.units), initializer="random_normal", name="places")
        self.embedding = _built(layers.Dense(self.units), self.choices)
        self.of_condition = _built(layers.Dense(self.units), shapes.condition_dim) if shapes.condition_dim else None
        self.blocks = [Block(self.heads) for _ in range(self.depth)]
        for block in self.blocks:
            block.build((None, self.units))
        self.norm = _built(layers.LayerNormalization(), self.units)
        self.logits = _built(layers.Dense(self.choices), self.units)

    def over(self, context: Context) -> distributions.CodeSequence:
        """Return the distribution over sequences."""
        seen = None if self.of_condition is None else self.of_condition(context.condition)[:, None]
        batch = () if seen is None else tuple(ops.shape(seen)[:1])

        def logits(hot: Any) -> Any:
            before = ops.concatenate([ops.zeros_like(hot[..., :1, :]), hot[..., :-1, :]], axis=-2)
            h = self.embedding(before) + ops.convert_to_tensor(self.places)
            h = h if seen is None else h + seen
            for block in self.blocks:
                h = block(h)
            return self.logits(self.norm(h))

        return distributions.CodeSequence(logits, self.length, self.choices, batch)


class Block(keras.Layer):
    """Causal attention, then two dense layers, each added to its normalized input."""

    def __init__(self, heads: int) -> None:
        super().__init__()
        self.heads = heads

    def build(self, shape: Any) -> None:
        """Create the layers."""
        width = shape[-1]
        self.norms = [_built(layers.LayerNormalization(), width) for _ in range(2)]
        self.queries_keys_values = _built(layers.Dense(3 * width, use_bias=False), width)
        self.mix = _built(layers.Dense(width), width)
        self.wide = _built(layers.Dense(4 * width, activation="gelu"), width)
        self.narrow = _built(layers.Dense(width), 4 * width)
        super().build(shape)

    def call(self, h: Any) -> Any:
        """Map ``(..., length, width)`` to the same shape."""
        *batch, length, width = numerics.sizes(h)
        qkv = self.queries_keys_values(self.norms[0](h))
        qkv = ops.reshape(qkv, (*batch, length, 3, self.heads, width // self.heads))
        q, k, v = (qkv[..., i, :, :] for i in range(3))
        scores = ops.einsum("...ihd,...jhd->...hij", q, k) / math.sqrt(width // self.heads)
        later = ops.convert_to_tensor(np.triu(np.full((length, length), -1e9), 1), scores.dtype)
        weights = ops.exp(ops.log_softmax(scores + later, axis=-1)) if length > 1 else ops.ones_like(scores)
        attended = ops.einsum("...hij,...jhd->...ihd", weights, v)
        h = h + self.mix(ops.reshape(attended, (*batch, length, width)))
        return h + self.narrow(self.wide(self.norms[1](h)))


def _built(layer: Any, width: int) -> Any:
    """Return the layer, built for inputs of this width."""
    layer.build((None, width))
    return layer
