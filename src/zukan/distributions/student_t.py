"""Student's t distribution with independent elements."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from zukan import numerics
from zukan.distributions.independent import Independent


class StudentT(Independent):
    """Independent variables with Student's t distribution, whose tails are heavier than a Laplace distribution's.

    With t = (x - mean) / exp(log_scale) and n = df, the log-density of an element in nats is
    log Gamma((n + 1) / 2) - log Gamma(n / 2) - log(n pi) / 2 - log_scale - (n + 1) / 2 log(1 + t^2 / n).

    Parameters
    ----------
    mean : tensor, shape (*batch, *event)
        The center. If ``df`` is at most 1, the expected value does not exist.
    log_scale, df : tensor
        Logarithm of the scale, and degrees of freedom, above 0; their shapes broadcast to the shape of ``mean``. For
        ``df`` above 2, the variance is exp(2 log_scale) df / (df - 2).
    event_ndim : int, default 1
        Number of trailing axes that form one event.
    """

    reparameterized = True

    def __init__(self, mean: Any, log_scale: Any, df: Any, event_ndim: int = 1) -> None:
        super().__init__(mean, log_scale, df, event_ndim=event_ndim)
        self._mean = mean
        self.log_scale = log_scale
        self.df = df

    @property
    def mean(self) -> Any:
        """The center, shape ``(*batch, *event)``."""
        return self._mean

    def sample(self, samples: int, seed: Any) -> Any:
        """Draw a normal variable divided by the root of a chi-squared one over its degrees of freedom."""
        shape, dtype = (samples, *self.shape), self._mean.dtype
        chi_seed = seed + 1 if isinstance(seed, int) else seed
        normal = keras.random.normal(shape, dtype=dtype, seed=seed)
        half = 0.5 * ops.broadcast_to(self.df, self.shape)
        gamma = keras.random.gamma(shape, half, dtype=dtype, seed=chi_seed)
        return self._mean + ops.exp(self.log_scale) * normal * ops.sqrt(half / gamma)

    def terms(self, value: Any, mean: Any, log_scale: Any, df: Any) -> Any:
        """Return the log-density of each element, with log B(1/2, n/2) for the gamma functions."""
        tails = 0.5 * (df + 1.0) * ops.log1p(ops.square((value - mean) * ops.exp(-log_scale)) / df)
        # log Gamma((n + 1) / 2) - log Gamma(n / 2) = log Gamma(1/2) - log B(1/2, n/2), and Gamma(1/2)^2 = pi
        return -numerics.log_beta(ops.full_like(df, 0.5), 0.5 * df) - 0.5 * ops.log(df) - log_scale - tails
