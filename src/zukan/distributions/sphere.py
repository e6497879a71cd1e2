"""Distributions over points on unit spheres."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from zukan import numerics
from zukan.distributions.base import Distribution


def log_area(size: int) -> float:
    """Return the logarithm of the area of the unit sphere in ``size`` dimensions."""
    return math.log(2.0) + 0.5 * size * math.log(math.pi) - math.lgamma(0.5 * size)


class UniformSphere(Distribution):
    """The uniform distribution over points on unit spheres, one after the other in a vector.

    Its density, with respect to the area of the spheres, is one over that area.

    Parameters
    ----------
    sizes : sequence of int
        The dimension of the space around each sphere, at least 2.
    """

    event_ndim = 1

    def __init__(self, sizes: Sequence[int]) -> None:
        self.sizes = tuple(sizes)

    @property
    def mean(self) -> Any:
        """The expected point, which is the center of each sphere: 0, shape ``(sum(sizes),)``."""
        return ops.zeros((sum(self.sizes),))

    def sample(self, samples: int, seed: Any) -> Any:
        """Draw directions of normal noise, shape ``(samples, sum(sizes))``."""
        noise = keras.random.normal((samples, sum(self.sizes)), seed=seed)
        ends = itertools.accumulate(self.sizes)
        parts = [noise[..., end - size : end] for size, end in zip(self.sizes, ends, strict=True)]
        return ops.concatenate([numerics.unit(part) for part in parts], axis=-1)

    def log_prob(self, value: Any) -> Any:
        """Return minus the logarithm of the area, in nats."""
        return ops.zeros_like(value[..., 0]) - sum(map(log_area, self.sizes))


class PowerSpherical(Distribution):
    """Power spherical distributions on unit spheres, one after the other in a vector (arXiv:2006.04437).

    log p(x) = concentration * log((1 + mean·x) / 2) - log c for each sphere, in nats, with respect to its area. It has
    the shape of a von Mises-Fisher distribution, but no Bessel functions and no rejected draws.

    Parameters
    ----------
    mean : tensor, shape (*batch, d)
        The directions of the means: unit vectors of ``d / spheres`` elements.
    concentration : tensor, shape (*batch, spheres)
        Not negative; 0 is the uniform distribution.
    """

    event_ndim = 1

    def __init__(self, mean: Any, concentration: Any) -> None:
        self._mean = mean
        self.concentration = concentration

    @property
    def mean(self) -> Any:
        """The direction of the mean, a point on each sphere, which stands for the expected event inside it."""
        return self._mean

    @property
    def sizes(self) -> tuple[int, ...]:
        """The dimension of the space around each sphere."""
        spheres = self.concentration.shape[-1]
        return (self._mean.shape[-1] // spheres,) * spheres

    def _points(self, vectors: Any) -> Any:
        """Return vectors of shape ``(..., d)`` as points, ``(..., spheres, d / spheres)``."""
        return ops.reshape(vectors, (*ops.shape(vectors)[:-1], len(self.sizes), self.sizes[0]))

    def sample(self, samples: int, seed: Any) -> Any:
        """Draw by reparameterization, with gradients for the mean and the concentration.

        With normal noise w in the plane that touches the sphere at the mean, and g from a gamma distribution, the ratio
        of g to g + w·w / 2 has the beta distribution that (1 + mean·x) / 2 must have.
        """
        mean = self._points(self._mean)
        noise = keras.random.normal((samples, *ops.shape(mean)), dtype=mean.dtype, seed=seed)
        noise = noise - ops.sum(noise * mean, axis=-1, keepdims=True) * mean
        shape = 0.5 * (self.sizes[0] - 1) + self.concentration
        g = numerics.gamma(ops.broadcast_to(shape, (samples, *ops.shape(shape))),
                           seed + 1 if isinstance(seed, int) else seed)[..., None]
        half = 0.5 * ops.sum(ops.square(noise), axis=-1, keepdims=True)
        points = ((g - half) * mean + ops.sqrt(2.0 * g) * noise) / (g + half)
        return ops.reshape(points, (samples, *ops.shape(self._mean)))

    def log_prob(self, value: Any) -> Any:
        """Return the log-density of ``value`` in nats; its elements must be points on the spheres."""
        # |mean + x|² / 4 is (1 + mean·x) / 2, with more correct digits where this is small.
        square = ops.sum(ops.square(self._points(value) + self._points(self._mean)), axis=-1)
        powers = self.concentration * ops.log(ops.maximum(0.25 * square, 1e-15))
        return ops.sum(powers - self._log_integral, axis=-1)

    @property
    def entropy(self) -> Any:
        """The entropy of each point in nats, shape ``(*batch, spheres)``."""
        slope = numerics.gradient(self._log_beta, self.concentration)
        return self._log_integral - self.concentration * slope

    @property
    def _log_integral(self) -> Any:
        """The logarithm of the integral of ((1 + mean·x) / 2)^concentration over each sphere."""
        size = self.sizes[0]
        return log_area(size - 1) + (size - 2) * math.log(2.0) + self._log_beta(self.concentration)

    def _log_beta(self, concentration: Any) -> Any:
        half = 0.5 * (self.sizes[0] - 1)
        return numerics.log_beta(half + concentration, ops.full_like(concentration, half))
