"""A distribution that is known by its draws."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from zukan import checks
from zukan.distributions.base import Distribution


class Generated(Distribution):
    """Draws from p(z|u) for draws of u: the density is an integral that has no closed form.

    Parameters
    ----------
    base : Distribution
        p(u), over vectors.
    decode : callable
        u -> p(z|u), a distribution over vectors with the batch shape of u.
    """

    event_ndim = 1

    def __init__(self, base: Distribution, decode: Callable[[Any], Distribution]) -> None:
        self.base = base
        self.decode = decode

    @property
    def mean(self) -> Any:
        """The mean of p(z|u) at the mean of p(u), which stands for the expected event."""
        return self.decode(self.base.mean[None]).mean[0]

    def sample(self, samples: int, seed: Any) -> Any:
        """Draw u, then an event for each u."""
        # With one int seed for both, the two draws would have the same noise.
        return self.decode(self.base.sample(samples, seed)).sample(1, seed + 1 if isinstance(seed, int) else seed)[0]

    def log_prob(self, value: Any) -> Any:
        """Raise, since the density is not known.

        Raises
        ------
        zukan.InputError
            Always.
        """
        raise checks.InputError(
            f"log_prob needs a prior with a density, got one that is known by its draws, evaluated at "
            f"{checks.show(value)}; use a prior with a density, such as 'maf'")
