"""The hyperbolic secant distribution with independent elements."""

from __future__ import annotations

import math
from typing import Any

import keras
from keras import ops

from zukan.distributions.laplace import Laplace


class HyperbolicSecant(Laplace):
    """Independent hyperbolic secant variables: the density that belongs to the log-cosh loss.

    log p(x) = -sum (log cosh((x - mean) / exp(log_scale)) + log_scale + log pi), in nats.

    The parameters are those of `Laplace`.
    """

    def sample(self, samples: int, seed: Any) -> Any:
        """Draw by reparameterization: the noise is the logarithm of the ratio of two normal variables."""
        noise = keras.random.normal((2, samples, *self.shape), dtype=self._mean.dtype, seed=seed)
        logs = ops.log(ops.maximum(ops.abs(noise), 1e-30))
        return self._mean + ops.exp(self.log_scale) * (logs[0] - logs[1])

    def terms(self, value: Any, mean: Any, log_scale: Any) -> Any:
        """Return -log cosh((value - mean) / exp(log_scale)) - log_scale - log pi, without overflow."""
        size = ops.abs(value - mean) * ops.exp(-log_scale)
        return math.log(2 / math.pi) - size - ops.log1p(ops.exp(-2.0 * size)) - log_scale
