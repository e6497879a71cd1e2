"""What priors share that model codes in units of their standard deviation."""

from __future__ import annotations

from typing import Any

import numpy as np
from keras import ops

from zukan import distributions
from zukan.context import Context, Shapes
from zukan.priors.base import Prior


class Standardized(Prior):
    """A prior that starts from a standard normal, and ends with a fixed shift and scale of each element.

    They are 0 and 1, or after `start` the mean and the standard deviation of the codes.
    """

    def build(self, shapes: Shapes) -> None:
        """Create the fixed shift and scale."""
        self.shift, self.log_scale = (self.add_weight(shape=(shapes.latent_dim,), initializer="zeros", name=name,
                                                      trainable=False) for name in ("shift", "log_scale"))
        super().build(shapes)

    def start(self, z: Any, seed: int) -> None:  # noqa: ARG002
        """Store the mean and the standard deviation of the codes."""
        self.shift.assign(np.mean(z, axis=0))
        self.log_scale.assign(np.log(np.std(z, axis=0) + 1e-6))

    @property
    def to_codes(self) -> distributions.Affine:
        """The last transformation of a draw."""
        return distributions.Affine(self.shift.value, self.log_scale.value)

    def standard_normal(self, context: Context) -> distributions.Normal:
        """Return N(0, I): event shape ``(latent_dim,)``, and batch shape ``(batch,)`` with a condition."""
        zeros = ops.zeros_like(self.shift.value)
        zeros = zeros if context.condition is None else zeros + ops.zeros_like(context.condition[:, :1])
        return distributions.Normal(zeros, zeros)
