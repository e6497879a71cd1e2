"""What a distribution is: a value with parameters already in it, and no weights."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any


class Distribution(ABC):
    """A batch of distributions over events.

    Parameters have shape ``(*batch, *event)``; the last ``event_ndim`` axes are the event. Densities are in nats.
    """

    event_ndim: int

    @property
    @abstractmethod
    def mean(self) -> Any:
        """The expected event, shape ``(*batch, *event)``."""

    @property
    def event_shape(self) -> tuple[int, ...]:
        """Shape of one event."""
        return tuple(self.mean.shape[len(self.mean.shape) - self.event_ndim :])

    @abstractmethod
    def sample(self, samples: int, seed: Any) -> Any:
        """Draw ``samples`` events, shape ``(samples, *batch, *event)``; ``seed`` is an int or a ``SeedGenerator``."""

    @abstractmethod
    def log_prob(self, value: Any) -> Any:
        """Return the log-density of ``value`` in nats, summed over the event axes: shape ``(..., *batch)``."""
