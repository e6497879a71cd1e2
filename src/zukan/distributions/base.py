"""What a distribution is: a value with parameters already in it, and no weights."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from keras import ops

from zukan import checks


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

    def log_prob_terms(self, value: Any) -> Any:  # noqa: ARG002 for those that override it
        """Return what each element of the event adds to `log_prob`, in nats: shape ``(..., *batch, *event)``.

        A distribution overrides it where its elements are independent.

        Raises
        ------
        zukan.InputError
            Where they are not, or it does not say.
        """
        raise checks.InputError(
            "attribution needs p(x|z) to be a product over elements with log_prob_terms, "
            f"got {type(self).__name__}, which has none; use the score alone, or add that method to it")

    def _event(self, terms: Any) -> Any:
        """Return ``terms`` over a flat event in the event's shape."""
        return ops.reshape(terms, (*ops.shape(terms)[:-1], *self.event_shape))
