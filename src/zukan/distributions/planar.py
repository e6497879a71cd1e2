"""A planar flow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from keras import ops

from zukan import checks
from zukan.distributions.base import Distribution


class Plane(NamedTuple):
    """Parameters of one transformation ``z + u tanh(w·z + b)``; ``w`` and ``u`` have shape (d,), ``b`` is a scalar."""

    w: Any
    u: Any
    b: Any


class PlanarFlow(Distribution):
    """The image of a distribution over vectors under planar transformations (arXiv:1505.05770, section 4.1).

    The inverse has no closed form, so the density is known for the flow's own draws only, along their path:
    log q(z_K) = log q_0(z_0) - sum_k log |1 + u_k·psi_k(z_{k-1})|.

    Parameters
    ----------
    base : Distribution
    planes : sequence of Plane
    """

    event_ndim = 1

    def __init__(self, base: Distribution, planes: Sequence[Plane]) -> None:
        self.base = base
        self.planes = planes

    @property
    def mean(self) -> Any:
        """The image of the base's mean, which stands for the expected event."""
        return self.transform(self.base.mean)[0]

    def transform(self, z: Any) -> tuple[Any, Any]:
        """Return the image of ``z``, shape ``(..., d)``, and the log-determinant of the Jacobian there, ``(...)``."""
        log_det: Any = 0.0
        for w, u, b in self.planes:
            dot = ops.sum(w * u)
            u_hat = u + (ops.softplus(dot) - 1.0 - dot) * w / ops.sum(w * w)  # keeps w·u above -1: invertible
            h = ops.tanh(ops.sum(z * w, axis=-1, keepdims=True) + b)
            log_det = log_det + ops.log(1.0 + (1.0 - ops.square(h[..., 0])) * ops.sum(w * u_hat))
            z = z + h * u_hat
        return z, log_det

    def sample(self, samples: int, seed: Any) -> Any:
        """Draw from the base and transform."""
        return self.transform(self.base.sample(samples, seed))[0]

    def sample_and_log_prob(self, samples: int, seed: Any) -> tuple[Any, Any]:
        """Return draws and their log-densities in nats, shapes ``(samples, *batch, d)`` and ``(samples, *batch)``."""
        start, log_prob = self.base.sample_and_log_prob(samples, seed)
        z, log_det = self.transform(start)
        return z, log_prob - log_det

    def log_prob(self, value: Any) -> Any:
        """Raise, since the density is known for the flow's own draws only.

        Raises
        ------
        zukan.InputError
            Always.
        """
        raise checks.InputError(
            f"log_prob of a planar flow is known for its own draws only, got {checks.show(value)}; "
            f"use sample_and_log_prob")
