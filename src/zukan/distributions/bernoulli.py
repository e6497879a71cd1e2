"""The Bernoulli distribution with independent elements."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from zukan.distributions.independent import Independent


class Bernoulli(Independent):
    """Independent Bernoulli variables, parameterized by logits: P(x = 1) = sigmoid(logits).

    log p(x) = sum (x * logits - log(1 + exp(logits))), in nats. It is finite for every finite logit.

    For values between 0 and 1 (gray levels) this is minus the binary cross-entropy. It is a useful loss but not a
    log-density, because its exponential does not integrate to 1 over [0, 1] (arXiv:1907.06845).

    Parameters
    ----------
    logits : tensor, shape (*batch, *event)
        Log-odds of a 1.
    event_ndim : int, default 1
        Number of trailing axes that form one event.
    """

    def __init__(self, logits: Any, event_ndim: int = 1) -> None:
        super().__init__(logits, event_ndim=event_ndim)
        self.logits = logits

    @property
    def mean(self) -> Any:
        """The probability of a 1, shape ``(*batch, *event)``."""
        return ops.sigmoid(self.logits)

    def sample(self, samples: int, seed: Any) -> Any:
        """Draw zeros and ones, shape ``(samples, *batch, *event)``."""
        uniform = keras.random.uniform((samples, *self.shape), dtype=self.logits.dtype, seed=seed)
        return ops.cast(uniform < self.mean, self.logits.dtype)

    def terms(self, value: Any, logits: Any) -> Any:
        """Return ``value * logits - log(1 + exp(logits))``.

        It is written with ``|logits|``: exp cannot overflow, and on a CPU JAX's softplus takes three times as long.
        """
        size = ops.abs(logits)
        return (value - 0.5) * logits - 0.5 * size - ops.log1p(ops.exp(-size))
