"""Distributions transformed by invertible maps: normalizing flows."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

from keras import ops

from zukan import checks
from zukan.distributions.base import Distribution


class Transformation(ABC):
    """An invertible map of vectors. Its parameters may have a batch shape, like those of a distribution."""

    @abstractmethod
    def forward(self, value: Any) -> tuple[Any, Any]:
        """Return the image of ``value``, shape ``(..., d)``, and log |det J| of this map there, shape ``(...)``."""

    def inverse(self, value: Any) -> tuple[Any, Any]:
        """Return what `forward` maps to ``value``, and log |det J| of the inverse map at ``value``.

        Raises
        ------
        zukan.InputError
            If the inverse has no known form.
        """
        raise checks.InputError(
            f"log_prob of a flow with the transformation {type(self).__name__} is known for its own draws only, got "
            f"{checks.show(value)}; use sample_and_log_prob")


class Inverted(Transformation):
    """A transformation run backwards.

    Parameters
    ----------
    original : Transformation
    """

    def __init__(self, original: Transformation) -> None:
        self.original = original

    def forward(self, value: Any) -> tuple[Any, Any]:
        """Return the original's `inverse`."""
        return self.original.inverse(value)

    def inverse(self, value: Any) -> tuple[Any, Any]:
        """Return the original's `forward`."""
        return self.original.forward(value)


class Affine(Transformation):
    """value * exp(log_scale) + shift, for each element.

    Parameters
    ----------
    shift, log_scale : tensor, shape (d,)
    """

    def __init__(self, shift: Any, log_scale: Any) -> None:
        self.shift = shift
        self.log_scale = log_scale

    def forward(self, value: Any) -> tuple[Any, Any]:
        """Scale, then shift."""
        return value * ops.exp(self.log_scale) + self.shift, ops.sum(self.log_scale, axis=-1)

    def inverse(self, value: Any) -> tuple[Any, Any]:
        """Shift back, then scale back."""
        return (value - self.shift) * ops.exp(-self.log_scale), -ops.sum(self.log_scale, axis=-1)


class Transformed(Distribution):
    """The image of a distribution over vectors under transformations, one after another: a flow (arXiv:1505.05770).

    log q(z_K) = log q_0(z_0) - sum_k log |det J_k(z_{k-1})|. Draws know their density along their own path; the density
    of any other value needs the inverse of every transformation.

    Parameters
    ----------
    base : Distribution
        The distribution of z_0.
    transformations : sequence of Transformation
        In the order in which they apply to a draw.
    """

    event_ndim = 1

    def __init__(self, base: Distribution, transformations: Sequence[Transformation]) -> None:
        self.base = base
        self.transformations = transformations

    @property
    def mean(self) -> Any:
        """The image of the base's mean, which stands for the expected event."""
        return self.transform(self.base.mean)[0]

    @property
    def event_shape(self) -> tuple[int, ...]:
        """The shape of one event, which is the base's."""
        return self.base.event_shape

    def transform(self, value: Any) -> tuple[Any, Any]:
        """Return the image of ``value``, shape ``(..., d)``, and the log-determinant of the Jacobian, ``(...)``."""
        log_det: Any = 0.0
        for transformation in self.transformations:
            value, change = transformation.forward(value)
            log_det = log_det + change
        return value, log_det

    def sample(self, samples: int, seed: Any) -> Any:
        """Draw from the base and transform."""
        return self.transform(self.base.sample(samples, seed))[0]

    def sample_and_log_prob(self, samples: int, seed: Any) -> tuple[Any, Any]:
        """Return draws and their log-densities in nats, shapes ``(samples, *batch, d)`` and ``(samples, *batch)``."""
        start, log_prob = self.base.sample_and_log_prob(samples, seed)
        value, log_det = self.transform(start)
        return value, log_prob - log_det

    def log_prob(self, value: Any) -> Any:
        """Return the log-density of ``value`` in nats, by the inverse of every transformation.

        Raises
        ------
        zukan.InputError
            If a transformation has no inverse of a known form.
        """
        log_det: Any = 0.0
        value = value + ops.zeros_like(self.base.mean)  # with the batch shape, which loops need from their start
        for transformation in reversed(self.transformations):
            value, change = transformation.inverse(value)
            log_det = log_det + change
        return self.base.log_prob(value) + log_det
