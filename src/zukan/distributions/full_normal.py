"""The normal distribution with a full covariance."""

from __future__ import annotations

import math
from typing import Any

import keras
from keras import ops

from zukan.distributions.base import Distribution


class FullNormal(Distribution):
    """A normal distribution over vectors with the covariance L Lᵀ.

    Parameters
    ----------
    mean : tensor, shape (*batch, d)
    cholesky : tensor, shape (*batch, d, d)
        L, lower triangular with a positive diagonal.
    """

    event_ndim = 1

    def __init__(self, mean: Any, cholesky: Any) -> None:
        self._mean = mean
        self.cholesky = cholesky

    @property
    def mean(self) -> Any:
        """The mean, shape ``(*batch, d)``."""
        return self._mean

    @property
    def log_diagonal(self) -> Any:
        """The logarithm of the diagonal of L, shape ``(*batch, d)``."""
        return ops.log(ops.diagonal(self.cholesky, axis1=-2, axis2=-1))

    def sample(self, samples: int, seed: Any) -> Any:
        """Draw by reparameterization: mean + L noise, with noise from N(0, I)."""
        return self._mean + self._correlated(self._noise(samples, seed))

    def sample_and_log_prob(self, samples: int, seed: Any) -> tuple[Any, Any]:
        """Return draws and their log-densities in nats, which follow from the noise without solving for it."""
        noise = self._noise(samples, seed)
        return self._mean + self._correlated(noise), self._log_density(noise)

    def log_prob(self, value: Any) -> Any:
        """Return the log-density of ``value`` in nats."""
        away = value - self._mean
        shape = ops.shape(away)
        # The leading axes of the values become the columns of one triangular system for each covariance.
        rows = ops.reshape(away, (-1, *ops.shape(self._mean)))
        columns = ops.moveaxis(rows, 0, -1)
        noise = ops.moveaxis(ops.solve_triangular(self.cholesky, columns, lower=True), -1, 0)
        return self._log_density(ops.reshape(noise, shape))

    def _noise(self, samples: int, seed: Any) -> Any:
        return keras.random.normal((samples, *ops.shape(self._mean)), dtype=self._mean.dtype, seed=seed)

    def _correlated(self, noise: Any) -> Any:
        """Return L noise."""
        return ops.sum(self.cholesky * noise[..., None, :], axis=-1)

    def _log_density(self, noise: Any) -> Any:
        """Return the log-density of mean + L noise in nats."""
        terms = -0.5 * (ops.square(noise) + math.log(2 * math.pi)) - self.log_diagonal
        return ops.sum(terms, axis=-1)
