"""The posterior of finite scalar quantization."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
from keras import ops

from zukan import checks, numerics
from zukan.posteriors.base import posteriors
from zukan.posteriors.quantized import Quantizing, straight_through

EDGE = 1e-3  # the outermost levels begin this much inside the bounds, as in the paper's code


@posteriors.register("fsq")
class FSQ(Quantizing):
    """q(z|x): bounded numbers, rounded to a few levels each: finite scalar quantization (arXiv:2309.15505).

    There is no codebook, so no code can die. A code is the combination of the levels of one vector; z holds the levels,
    scaled to [-1, 1]. The gradient passes straight through the rounding.

    Parameters
    ----------
    levels : sequence of int, default (8, 5, 5, 5)
        Number of levels of each number of a vector; their product is the number of codes. The width of z (at each
        position, if the encoder keeps them) is a multiple of how many there are.
    """

    argument: ClassVar[str] = "levels"

    def __init__(self, levels: Sequence[int] = (8, 5, 5, 5)) -> None:
        super().__init__()
        for level in levels:
            checks.integer("levels", level, minimum=2)
        if not len(levels) or math.prod(levels) > 2**24:
            raise checks.InputError(
                f"levels must give 2 to {2**24:,} codes, got {checks.show(levels)}; use (8, 5, 5, 5)")
        self.levels = levels
        self.unit, self.choices = len(levels), math.prod(levels)

    def points(self, vectors: Any) -> Any:
        """Bound, round to whole numbers, and scale to [-1, 1]."""
        levels = np.array(self.levels)
        reach, offset = (levels - 1) * (1 - EDGE) / 2, np.where(levels % 2, 0.0, 0.5)
        reach, offset, start, half = (ops.convert_to_tensor(values, vectors.dtype) for values in (
            reach, offset, np.tan(offset / reach), levels // 2))
        bounded = ops.tanh(vectors + start) * reach - offset
        return straight_through(ops.round(bounded), bounded) / half

    def codes(self, z: Any) -> Any:
        """Return the number of each code, the first level counting fastest."""
        levels = np.array(self.levels)
        half = ops.convert_to_tensor(levels // 2, z.dtype)
        digits = ops.cast(ops.round(self.split(z) * half) + half, "int32")
        return ops.sum(digits * self._places, axis=-1)

    def embed(self, codes: Any) -> Any:
        """Return the scaled levels of codes, ``(..., latent_dim)``."""
        levels = np.array(self.levels, "int32")
        digits = ops.cast(codes, "int32")[..., None] // self._places % levels
        scaled = ops.cast(digits - levels // 2, self.compute_dtype) / (levels // 2).astype("float32")
        return ops.reshape(scaled, (*numerics.sizes(codes)[:-1], self.latent_dim))

    @property
    def _places(self) -> np.ndarray:
        """What one step of each level adds to the number of a code."""
        return np.cumprod([1, *self.levels[:-1]]).astype("int32")
