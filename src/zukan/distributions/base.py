"""The base class of distributions."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from keras import ops

from zukan import checks


class Distribution(ABC):
    """A batch of distributions over events (vectors or images). It holds its parameters and has no weights.

    The parameters have shape ``(*batch, *event)``: the last ``event_ndim`` axes are the axes of one event.
    Log-densities are in nats.

    Attributes
    ----------
    event_ndim : int
    reparameterized : bool or array of bool, shape event_shape
        Which elements are independent numbers whose draws have a gradient for the parameters (arXiv:1312.6114).
    """

    event_ndim: int
    reparameterized: Any = False

    @property
    @abstractmethod
    def mean(self) -> Any:
        """The expected event, shape ``(*batch, *event)``."""

    @property
    def summary(self) -> Any:
        """What averages over several of these distributions are taken of, shape ``(*batch, ...)``.

        It is the mean if an average of events makes sense, and the probabilities of the levels if it does not; see
        `zukan.likelihoods.Likelihood.typical`.
        """
        return self.mean

    def summary_given(self, value: Any) -> Any:
        """Return the `summary` if the elements that are `reparameterized` are known: those of ``value``.

        Parameters
        ----------
        value : tensor, shape (*batch, *event)

        Returns
        -------
        tensor, shape (*batch, ...)
        """
        return value if self.reparameterized is True else self.summary

    @property
    def event_shape(self) -> tuple[int, ...]:
        """The shape of one event."""
        return tuple(self.mean.shape[len(self.mean.shape) - self.event_ndim :])

    @property
    def batch_shape(self) -> tuple[int, ...]:
        """The shape of the batch: () for a single distribution."""
        mean = self.mean
        return tuple(ops.shape(mean)[: len(mean.shape) - self.event_ndim])

    @abstractmethod
    def sample(self, samples: int, seed: Any) -> Any:
        """Draw ``samples`` events.

        Parameters
        ----------
        samples : int
        seed : int or keras.random.SeedGenerator

        Returns
        -------
        tensor, shape (samples, *batch, *event)
        """

    @abstractmethod
    def log_prob(self, value: Any) -> Any:
        """Return the log-density of ``value`` in nats, summed over the event axes.

        Parameters
        ----------
        value : tensor, shape (..., *batch, *event)

        Returns
        -------
        tensor, shape (..., *batch)
        """

    def log_prob_of_each(self, value: Any) -> Any:
        """Return the log-density of each value under each distribution of the batch, in nats.

        Parameters
        ----------
        value : tensor, shape (..., d)

        Returns
        -------
        tensor, shape (..., k)
            For a batch of k distributions over vectors of d elements.
        """
        return self.log_prob(value[..., None, :])

    def sample_and_log_prob(self, samples: int, seed: Any) -> tuple[Any, Any]:
        """Return ``samples`` events and their log-densities in nats.

        Flows without an inverse know the density of their own samples only, and override this method.

        Returns
        -------
        tensor, shape (samples, *batch, *event)
        tensor, shape (samples, *batch)
        """
        value = self.sample(samples, seed)
        return value, self.log_prob(value)

    def log_prob_terms(self, value: Any) -> Any:  # noqa: ARG002 used by subclasses
        """Return the log-density of each element of ``value`` in nats. Their sum over the event is `log_prob`.

        Subclasses whose elements are independent override this method.

        Parameters
        ----------
        value : tensor, shape (..., *batch, *event)

        Returns
        -------
        tensor, shape (..., *batch, *event)

        Raises
        ------
        zukan.InputError
            If the distribution does not define it, for example because its elements are not independent.
        """
        raise checks.InputError(
            "attribution needs a p(x|z) with independent elements and the method log_prob_terms, "
            f"got {type(self).__name__}, which has none; use score instead, or add the method")

    def _unflatten(self, terms: Any) -> Any:
        """Return ``terms``, shape ``(..., prod(event_shape))``, in the shape of the event."""
        return ops.reshape(terms, (*ops.shape(terms)[:-1], *self.event_shape))
