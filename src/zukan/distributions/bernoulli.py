"""The Bernoulli distribution with independent elements."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from zukan import numerics
from zukan.distributions.base import Distribution


class Bernoulli(Distribution):
    """Independent Bernoulli variables, parameterized by logits: P(x = 1) = sigmoid(logits).

    log p(x) = sum (x * logits - log(1 + exp(logits))), in nats.

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
        self.logits = logits
        self.event_ndim = event_ndim

    @property
    def mean(self) -> Any:
        """The probability of a 1, shape ``(*batch, *event)``."""
        return ops.sigmoid(self.logits)

    def sample(self, samples: int, seed: Any) -> Any:
        """Draw zeros and ones, shape ``(samples, *batch, *event)``."""
        uniform = keras.random.uniform((samples, *ops.shape(self.logits)), dtype=self.logits.dtype, seed=seed)
        return ops.cast(uniform < self.mean, self.logits.dtype)

    def log_prob(self, value: Any) -> Any:
        """Return log p(value) in nats, summed over the event. It is finite for every finite logit."""
        return ops.sum(self._terms(value), axis=-1)

    def log_prob_terms(self, value: Any) -> Any:
        """Return log p(value) of each element in nats."""
        return self._unflatten(self._terms(value))

    def _terms(self, value: Any) -> Any:
        """Return ``value * logits - log(1 + exp(logits))`` over the flattened event.

        It is written with ``|logits|``: exp cannot overflow, and on a CPU JAX's softplus takes three times as long.
        """
        value, logits = (numerics.flat_event(tensor, self.event_shape) for tensor in (value, self.logits))
        size = ops.abs(logits)
        return (value - 0.5) * logits - 0.5 * size - ops.log1p(ops.exp(-size))
