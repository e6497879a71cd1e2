"""Draws that move towards higher density by Hamiltonian dynamics."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
from keras import ops

from zukan import checks, numerics
from zukan.distributions.base import Distribution


class Hamiltonian(Distribution):
    """Draws from a base, moved by leapfrog steps on a log-density, with tempering (arXiv:1805.11328, section 3).

    A draw z_0 gets a momentum r_0 from N(0, I / beta_0). The momentum is cooled after every step, so that the target of
    the last one, r_K, is N(0, I). From z_0 and sqrt(beta_0) r_0 to z_K and r_K, the steps preserve the volume. What
    stands for log q(z_K) is log q(z_0) + log N(sqrt(beta_0) r_0) - log N(r_K), with which the mean of
    log p(x, z_K) - log q(z_K) is a lower bound on log p(x): that of z and r together.

    Parameters
    ----------
    base : Distribution
        Of z_0, over vectors.
    log_joint : callable
        z -> log p(x, z), shape ``(samples, *batch)``.
    step_size : tensor, shape (d,)
    beta_0 : tensor, shape ()
        Between 0 and 1, without tempering.
    steps : int
    """

    event_ndim = 1

    def __init__(self, base: Distribution, log_joint: Callable[[Any], Any], step_size: Any, beta_0: Any, steps: int,
                 ) -> None:
        self.base = base
        self.log_joint = log_joint
        self.step_size = step_size
        self.beta_0 = beta_0
        self.steps = steps

    @property
    def mean(self) -> Any:
        """The base's mean, which stands for the expected event."""
        return self.base.mean

    def move(self, z: Any, noise: Any) -> tuple[Any, Any]:
        """Return z and the momentum after all steps, from z and the momentum in units of its standard deviation."""
        root = ops.sqrt(self.beta_0)
        momentum, cold = noise / root, root
        for k in range(1, self.steps + 1):
            half = momentum + 0.5 * self.step_size * numerics.gradient(self.log_joint, z)
            z = z + self.step_size * half
            before, cold = cold, 1.0 / ((1.0 - 1.0 / root) * (k / self.steps) ** 2 + 1.0 / root)
            momentum = (half + 0.5 * self.step_size * numerics.gradient(self.log_joint, z)) * before / cold
        return z, momentum

    def sample(self, samples: int, seed: Any) -> Any:
        """Draw from the base and move."""
        return self.sample_and_log_prob(samples, seed)[0]

    def sample_and_log_prob(self, samples: int, seed: Any) -> tuple[Any, Any]:
        """Return draws, shape ``(samples, *batch, d)``, and what stands for their log-densities, in nats."""
        start, log_prob = self.base.sample_and_log_prob(samples, seed)
        # With one int seed for both, the momentum would be the noise of the base.
        noise_seed = seed + 1 if isinstance(seed, int) else seed
        noise = keras.random.normal(ops.shape(start), dtype=start.dtype, seed=noise_seed)
        z, momentum = self.move(start, noise)
        return z, log_prob + 0.5 * ops.sum(ops.square(momentum) - ops.square(noise), axis=-1)

    def log_prob(self, value: Any) -> Any:
        """Raise, since the density is an integral over the momentum.

        Raises
        ------
        zukan.InputError
            Always.
        """
        raise checks.InputError(
            f"log_prob of a Hamiltonian posterior stands for its own draws only, got {checks.show(value)}; "
            f"use sample_and_log_prob")
