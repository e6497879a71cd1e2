"""The continuous Bernoulli distribution with independent elements."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from zukan.distributions.independent import Independent

NEAR = 0.25  # below this |logits| / 2, a series replaces formulas that would lose their digits
# Of log(sinh(h) / h) in powers of h^2, without its constant term, which is 0; the last term first.
SERIES = (-691 / 3831077250, 1 / 467775, -1 / 37800, 1 / 2835, -1 / 180, 1 / 6)
SLOPE = tuple(2 * power * c for power, c in zip(range(len(SERIES), 0, -1), SERIES, strict=True))  # of its derivative


class ContinuousBernoulli(Independent):
    """A density on [0, 1] that is proportional to exp(x * logits) (arXiv:1907.06845).

    log p(x) = x * logits - log((exp(logits) - 1) / logits), in nats. With lambda = sigmoid(logits), it is the density
    C(lambda) lambda^x (1 - lambda)^(1 - x) of the paper.

    Parameters
    ----------
    logits : tensor, shape (*batch, *event)
        0 gives the uniform distribution.
    event_ndim : int, default 1
        Number of trailing axes that form one event.
    """

    @property
    def logits(self) -> Any:
        """The parameter, shape ``(*batch, *event)``."""
        return self.parameters[0]

    @property
    def mean(self) -> Any:
        """The mean, shape ``(*batch, *event)``: (1 + coth(h) - 1/h) / 2 with h = logits / 2."""
        near, far, is_near = _halves(self.logits)
        twice = ops.exp(-2.0 * far)
        slope = ops.where(is_near, near * _polynomial(near * near, SLOPE), (1.0 + twice) / (1.0 - twice) - 1.0 / far)
        return 0.5 + 0.5 * ops.sign(self.logits) * slope

    def sample(self, samples: int, seed: Any) -> Any:
        """Draw numbers in [0, 1] by the inverse of the distribution function, shape ``(samples, *batch, *event)``."""
        uniform = keras.random.uniform((samples, *self.shape), dtype=self.logits.dtype, seed=seed)
        rate = ops.maximum(ops.abs(self.logits), 1e-6)
        near_zero = -ops.log1p(uniform * ops.expm1(-rate)) / rate
        return ops.where(self.logits > 0, 1.0 - near_zero, near_zero)

    def terms(self, value: Any, logits: Any) -> Any:
        """Return (value - 1/2) * logits - log(sinh(h) / h) with h = |logits| / 2."""
        near, far, is_near = _halves(logits)
        square = near * near
        log_norm = ops.where(is_near, square * _polynomial(square, SERIES),
                             far + ops.log1p(-ops.exp(-2.0 * far)) - ops.log(2.0 * far))
        return (value - 0.5) * logits - log_norm


def _halves(logits: Any) -> tuple[Any, Any, Any]:
    """Return |logits| / 2 if it is near 0, else 0; the same if it is not, else a number; and whether it is near 0.

    Not by ``maximum``, whose gradient is wrong by half where both arguments are equal.
    """
    half = 0.5 * ops.abs(logits)
    is_near = half < NEAR
    return ops.where(is_near, half, 0.0), ops.where(is_near, NEAR, half), is_near


def _polynomial(x: Any, coefficients: Sequence[float]) -> Any:
    """Return the polynomial with these coefficients, the highest power first."""
    result = 0.0
    for coefficient in coefficients:
        result = result * x + coefficient
    return result
