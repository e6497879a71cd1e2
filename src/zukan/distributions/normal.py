"""The normal distribution with a diagonal covariance."""

from __future__ import annotations

import math
from typing import Any

import keras
from keras import ops

from zukan import numerics
from zukan.distributions.base import Distribution


class Normal(Distribution):
    """Independent normals, by mean and log-variance.

    Parameters
    ----------
    mean : tensor, shape (*batch, *event)
    log_var : tensor
        Logarithm of the variance, of a shape that broadcasts to ``mean``'s.
    event_ndim : int, default 1
        How many trailing axes form one event.
    """

    def __init__(self, mean: Any, log_var: Any, event_ndim: int = 1) -> None:
        self._mean = mean
        self.log_var = log_var
        self.event_ndim = event_ndim

    @property
    def mean(self) -> Any:
        """The mean itself."""
        return self._mean

    def sample(self, samples: int, seed: Any) -> Any:
        """Draw by reparameterization, ``mean + exp(log_var / 2) * noise`` (arXiv:1312.6114)."""
        noise = keras.random.normal((samples, *ops.shape(self._mean)), dtype=self._mean.dtype, seed=seed)
        return self._mean + ops.exp(0.5 * self.log_var) * noise

    def log_prob(self, value: Any) -> Any:
        """Return ``-((value - mean)^2 / variance + log_var + log 2 pi) / 2``, summed over the event."""
        return -0.5 * ops.sum(self._terms(value), axis=-1)

    def log_prob_terms(self, value: Any) -> Any:
        """Return the same by element."""
        return self._event(-0.5 * self._terms(value))

    def _terms(self, value: Any) -> Any:
        value, mean, log_var = (numerics.flat_event(each, self.event_shape)
                                for each in (value, self._mean, self.log_var))
        square = ops.square(value - mean) * ops.exp(-log_var)
        return square + log_var + math.log(2 * math.pi)
