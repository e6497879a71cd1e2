"""The negative binomial distribution with independent elements."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from zukan import numerics
from zukan.distributions.independent import Independent


class NegativeBinomial(Independent):
    """Independent counts whose variance is mean + dispersion * mean^2: Poisson variables with gamma-distributed rates.

    With r = 1 / dispersion, p(x) = Gamma(x + r) / (Gamma(r) x!) (r / (r + mean))^r (mean / (r + mean))^x.

    Parameters
    ----------
    log_mean : tensor, shape (*batch, *event)
        Logarithm of the mean.
    log_dispersion : tensor
        Its shape broadcasts to the shape of ``log_mean``. Dispersion 0 would be the Poisson distribution.
    event_ndim : int, default 1
        Number of trailing axes that form one event.
    """

    def __init__(self, log_mean: Any, log_dispersion: Any, event_ndim: int = 1) -> None:
        super().__init__(log_mean, log_dispersion, event_ndim=event_ndim)
        self.log_mean = log_mean
        self.log_dispersion = log_dispersion

    @property
    def mean(self) -> Any:
        """The mean, shape ``(*batch, *event)``."""
        return ops.exp(self.log_mean)

    def sample(self, samples: int, seed: Any) -> Any:
        """Draw whole numbers, shape ``(samples, *batch, *event)``: a rate, then a Poisson variable."""
        shape = (samples, *self.shape)
        r = ops.broadcast_to(ops.exp(-self.log_dispersion), self.shape)
        gamma = keras.random.gamma(shape, r, dtype=self.log_mean.dtype, seed=seed)
        return numerics.poisson(gamma * self.mean / r, seed + 1 if isinstance(seed, int) else seed)

    def terms(self, value: Any, log_mean: Any, log_dispersion: Any) -> Any:
        """Return log p(value); Gamma(x + r) / (Gamma(r) x!) is 1 / (B(r, x + 1) (x + r))."""
        r, odds = ops.exp(-log_dispersion), log_mean + log_dispersion  # the log-odds of mean / (r + mean)
        counts = -numerics.log_beta(r, value + 1.0) - ops.log(value + r)
        return counts - r * ops.softplus(odds) - value * ops.softplus(-odds)
