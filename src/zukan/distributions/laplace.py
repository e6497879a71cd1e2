"""The Laplace distribution with independent elements."""

from __future__ import annotations

import math
from typing import Any

import keras
from keras import ops

from zukan.distributions.independent import Independent


class Laplace(Independent):
    """Independent Laplace variables, with tails heavier than a normal distribution's.

    log p(x) = -sum (|x - mean| / exp(log_scale) + log_scale + log 2), in nats. The variance is 2 exp(2 log_scale).

    Parameters
    ----------
    mean : tensor, shape (*batch, *event)
    log_scale : tensor
        Its shape broadcasts to the shape of ``mean``.
    event_ndim : int, default 1
        Number of trailing axes that form one event.
    """

    reparameterized = True

    def __init__(self, mean: Any, log_scale: Any, event_ndim: int = 1) -> None:
        super().__init__(mean, log_scale, event_ndim=event_ndim)
        self._mean = mean
        self.log_scale = log_scale

    @property
    def mean(self) -> Any:
        """The mean, shape ``(*batch, *event)``."""
        return self._mean

    def sample(self, samples: int, seed: Any) -> Any:
        """Draw by reparameterization: the noise is the difference of two exponential variables."""
        uniform = keras.random.uniform((2, samples, *self.shape), dtype=self._mean.dtype, seed=seed)
        exponential = -ops.log1p(-uniform)
        return self._mean + ops.exp(self.log_scale) * (exponential[0] - exponential[1])

    def terms(self, value: Any, mean: Any, log_scale: Any) -> Any:
        """Return -|value - mean| / exp(log_scale) - log_scale - log 2."""
        return -ops.abs(value - mean) * ops.exp(-log_scale) - log_scale - math.log(2)
