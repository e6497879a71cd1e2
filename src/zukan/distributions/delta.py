"""A point: the distribution that always returns the same value."""

from __future__ import annotations

from typing import Any

from keras import ops

from zukan import checks
from zukan.distributions.base import Distribution


class Delta(Distribution):
    """All probability at one point. It has no density.

    Parameters
    ----------
    point : tensor, shape (*batch, *event)
    event_ndim : int, default 1
        Number of trailing axes that form one event.
    """

    def __init__(self, point: Any, event_ndim: int = 1) -> None:
        self.point = point
        self.event_ndim = event_ndim

    @property
    def mean(self) -> Any:
        """The point itself."""
        return self.point

    def sample(self, samples: int, seed: Any) -> Any:  # noqa: ARG002 nothing is random
        """Return the point ``samples`` times."""
        return ops.repeat(self.point[None], samples, axis=0)

    def log_prob(self, value: Any) -> Any:
        """Raise, since a point has no density.

        Raises
        ------
        zukan.InputError
            Always.
        """
        raise checks.InputError(
            f"log_prob needs a distribution with a density, got a Delta, evaluated at {checks.show(value)}; "
            f"use a posterior with a density, such as 'normal'")

    def sample_and_log_prob(self, samples: int, seed: Any) -> tuple[Any, None]:
        """Return the point ``samples`` times, and None, since it has no density."""
        return self.sample(samples, seed), None
