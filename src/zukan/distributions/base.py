"""What a distribution is: a value with parameters already in it, and no weights."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from keras import ops


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

    def log_prob_terms(self, value: Any) -> Any:
        """Return what each element of the event adds to `log_prob`, in nats: shape ``(..., *batch, *event)``.

        Only where the elements are independent.
        """
        msg = f"{type(self).__name__} is not a product over elements"
        raise NotImplementedError(msg)

    def _event(self, terms: Any) -> Any:
        """Return ``terms`` over a flat event in the event's shape."""
        return ops.reshape(terms, (*ops.shape(terms)[:-1], *self.event_shape))
