"""The normal distribution with a diagonal covariance."""

from __future__ import annotations

import math
from typing import Any

import keras
from keras import ops

from zukan.distributions.distances import scaled_distances
from zukan.distributions.independent import Independent


class Normal(Independent):
    """Independent normal variables, parameterized by mean and log-variance.

    log p(x) = -1/2 sum ((x - mean)^2 / exp(log_var) + log_var + log(2 pi)), in nats.

    Parameters
    ----------
    mean : tensor, shape (*batch, *event)
    log_var : tensor
        Logarithm of the variance; its shape broadcasts to the shape of ``mean``.
    event_ndim : int, default 1
        Number of trailing axes that form one event.
    """

    reparameterized = True

    def __init__(self, mean: Any, log_var: Any, event_ndim: int = 1) -> None:
        super().__init__(mean, log_var, event_ndim=event_ndim)
        self._mean = mean
        self.log_var = log_var

    @property
    def mean(self) -> Any:
        """The mean, shape ``(*batch, *event)``."""
        return self._mean

    def times(self, other: Normal) -> Normal:
        """Return the normal whose density is proportional to the product of both: weighted by precision."""
        difference = self.log_var - other.log_var
        return Normal(other.mean + ops.sigmoid(-difference) * (self.mean - other.mean),
                      other.log_var + ops.log_sigmoid(difference), self.event_ndim)

    def sample(self, samples: int, seed: Any) -> Any:
        """Draw by reparameterization: mean + exp(log_var / 2) * noise, noise from N(0, 1) (arXiv:1312.6114)."""
        noise = keras.random.normal((samples, *self.shape), dtype=self._mean.dtype, seed=seed)
        return self._mean + ops.exp(0.5 * self.log_var) * noise

    def terms(self, value: Any, mean: Any, log_var: Any) -> Any:
        """Return -1/2 ((value - mean)^2 / exp(log_var) + log_var + log(2 pi))."""
        return self._log_density(ops.square(value - mean) * ops.exp(-log_var), log_var)

    def log_prob_of_each(self, value: Any) -> Any:
        """Return the log-density of each value under each normal of the batch, in nats."""
        if len(self._mean.shape) != 2 or self.event_ndim != 1:
            return super().log_prob_of_each(value)
        log_var = ops.broadcast_to(self.log_var, ops.shape(self._mean))
        distances = scaled_distances(value, self._mean, ops.exp(-log_var))
        return self._log_density(distances, ops.sum(log_var, axis=-1), self._mean.shape[-1])

    @staticmethod
    def _log_density(distance: Any, log_var: Any, elements: int = 1) -> Any:
        """Return the log-density from the squared distance in standard deviations, summed over ``elements``."""
        return -0.5 * (distance + log_var + elements * math.log(2 * math.pi))
