"""The base class of distributions whose elements are independent."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

from keras import ops

from zukan import numerics
from zukan.distributions.base import Distribution


class Independent(Distribution):
    """Elements that are independent: a subclass gives the density of one element, and how to draw one.

    Parameters
    ----------
    *parameters : tensor
        The parameters of the elements. The first has shape ``(*batch, *event)``; the others broadcast to the event.
    event_ndim : int, default 1
        Number of trailing axes that form one event.
    """

    def __init__(self, *parameters: Any, event_ndim: int = 1) -> None:
        self.parameters: Sequence[Any] = parameters
        self.event_ndim = event_ndim

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape ``(*batch, *event)``."""
        return ops.shape(self.parameters[0])

    @property
    def event_shape(self) -> tuple[int, ...]:
        """The shape of one event."""
        shape = self.parameters[0].shape
        return tuple(shape[len(shape) - self.event_ndim :])

    @abstractmethod
    def terms(self, value: Any, *parameters: Any) -> Any:
        """Return the log-density of each element in nats.

        Parameters
        ----------
        value : tensor, shape (..., elements)
        *parameters : tensor, shape (*batch, elements)
            Those of the constructor, with the axes of the event merged into one.

        Returns
        -------
        tensor, shape (..., elements)
        """

    def log_prob(self, value: Any) -> Any:
        """Return the log-density of ``value`` in nats, summed over the event."""
        return ops.sum(self.flat_terms(value), axis=-1)

    def log_prob_terms(self, value: Any) -> Any:
        """Return the log-density of each element of ``value`` in nats."""
        return self._unflatten(self.flat_terms(value))

    def flat_terms(self, value: Any) -> Any:
        """Return the log-density of each element of ``value`` in nats, shape ``(..., elements)``."""
        return self.terms(*(numerics.flat_event(tensor, self.event_shape) for tensor in (value, *self.parameters)))
