"""A normal distribution wrapped onto hyperbolic space."""

from __future__ import annotations

from typing import Any

from keras import ops

from zukan import numerics
from zukan.distributions.base import Distribution
from zukan.distributions.normal import Normal


class WrappedNormal(Distribution):
    """A normal distribution around the mean, wrapped onto the Poincaré ball of curvature -1 (arXiv:1902.02992).

    A normal vector v at the mean becomes the end of the geodesic in its direction that is as long as v. The axes of v
    are those at the center of the ball, moved to the mean along a geodesic. The density is one with respect to the
    volume of the hyperbolic space:
    log p(z) = log N(v; 0, exp(log_var)) - (d - 1) log(sinh|v| / |v|), in nats.

    Parameters
    ----------
    mean : tensor, shape (*batch, d)
        Points inside the unit ball.
    log_var : tensor, shape (*batch, d)
        Logarithm of the variance of v.
    """

    event_ndim = 1

    def __init__(self, mean: Any, log_var: Any) -> None:
        self._mean = numerics.inside_ball(mean)
        self.log_var = log_var

    @property
    def mean(self) -> Any:
        """The mean, a point inside the unit ball."""
        return self._mean

    def sample(self, samples: int, seed: Any) -> Any:
        """Draw by reparameterization: the ends of geodesics in normal directions."""
        return self.exponential(Normal(ops.zeros_like(self._mean), self.log_var).sample(samples, seed))

    def log_prob(self, value: Any) -> Any:
        """Return the log-density of ``value`` in nats, with respect to the volume of the hyperbolic space."""
        v, length = self.logarithm(value)
        normal = Normal(ops.zeros_like(self._mean), self.log_var).log_prob(v)
        return normal - (v.shape[-1] - 1) * _log_sinh_ratio(length)

    def exponential(self, v: Any) -> Any:
        """Return the ends of the geodesics that start at the mean with the vectors ``v``, and are as long as those."""
        length = _norm(v)
        step = -v * ops.expm1(-length) / ((1.0 + ops.exp(-length)) * length)  # tanh(length / 2) in this direction
        dot = 2.0 * ops.sum(self._mean * step, axis=-1, keepdims=True)
        square, mean_square = (ops.sum(ops.square(x), axis=-1, keepdims=True) for x in (step, self._mean))
        end = (1.0 + dot + square) * self._mean + (1.0 - mean_square) * step
        return numerics.inside_ball(end / (1.0 + dot + mean_square * square))

    def logarithm(self, z: Any) -> tuple[Any, Any]:
        """Return the vectors whose `exponential` is ``z``, and their lengths, the distances from the mean."""
        difference = z - self._mean
        gaps = [1.0 - ops.sum(ops.square(x), axis=-1, keepdims=True) for x in (z, self._mean)]
        room = ops.maximum(gaps[0], 1e-7) * ops.maximum(gaps[1], 1e-7)
        chord = _norm(difference)
        ratio = chord / ops.sqrt(room)  # sinh of half of the distance
        distance = 2.0 * ops.log1p(ratio + ops.square(ratio) / (1.0 + ops.sqrt(1.0 + ops.square(ratio))))
        direction = gaps[1] * difference - ops.square(chord) * self._mean
        return distance * direction / (chord * ops.sqrt(room + ops.square(chord))), distance[..., 0]


def _norm(vectors: Any) -> Any:
    """Return lengths over the last axis, which stays; a length of 0 is a tiny one that has a gradient."""
    return ops.sqrt(ops.sum(ops.square(vectors), axis=-1, keepdims=True) + 1e-24)


def _log_sinh_ratio(length: Any) -> Any:
    """Return log(sinh(length) / length) without overflow; close to 0, by a series."""
    small = length < 0.1
    far = ops.where(small, 1.0, length)
    square = ops.square(length)
    series = square * (1.0 / 6.0 - square * (1.0 / 180.0 - square / 2835.0))
    return ops.where(small, series, far + ops.log((1.0 - ops.exp(-2.0 * far)) / (2.0 * far)))
