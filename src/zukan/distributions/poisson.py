"""The Poisson distribution with independent elements."""

from __future__ import annotations

from typing import Any

from keras import ops

from zukan import numerics
from zukan.distributions.independent import Independent


class Poisson(Independent):
    """Independent Poisson variables: whole numbers from 0, whose variance is their mean.

    log p(x) = sum (x * log_rate - exp(log_rate) - log x!), in nats.

    Parameters
    ----------
    log_rate : tensor, shape (*batch, *event)
        Logarithm of the mean.
    event_ndim : int, default 1
        Number of trailing axes that form one event.
    """

    def __init__(self, log_rate: Any, event_ndim: int = 1) -> None:
        super().__init__(log_rate, event_ndim=event_ndim)
        self.log_rate = log_rate

    @property
    def mean(self) -> Any:
        """The mean, shape ``(*batch, *event)``."""
        return ops.exp(self.log_rate)

    def sample(self, samples: int, seed: Any) -> Any:
        """Draw whole numbers, shape ``(samples, *batch, *event)``."""
        return numerics.poisson(ops.broadcast_to(self.mean, (samples, *self.shape)), seed)

    def terms(self, value: Any, log_rate: Any) -> Any:
        """Return value * log_rate - exp(log_rate) - log Gamma(value + 1)."""
        return value * log_rate - ops.exp(log_rate) - numerics.lgamma(value + 1.0)
