"""A distribution of which some elements are missing."""

from __future__ import annotations

from typing import Any

from keras import ops

from zukan import numerics
from zukan.distributions.base import Distribution


class Observed(Distribution):
    """The marginal distribution of the observed elements, for elements that are independent.

    Parameters
    ----------
    distribution : Distribution
        Of complete events; it defines ``log_prob_terms``.
    observed : bool tensor, shape (*batch, *event)
        Which elements are there.
    """

    def __init__(self, distribution: Distribution, observed: Any) -> None:
        self.distribution = distribution
        self.observed = observed
        self.event_ndim = distribution.event_ndim

    @property
    def mean(self) -> Any:
        """The mean of all elements, missing ones included."""
        return self.distribution.mean

    @property
    def summary(self) -> Any:
        """The summary of all elements, missing ones included."""
        return self.distribution.summary

    def summary_given(self, value: Any) -> Any:
        """Return the summary of all elements if some are known, missing ones included."""
        return self.distribution.summary_given(value)

    @property
    def reparameterized(self) -> Any:
        """Which elements are numbers whose draws have a gradient, missing ones included."""
        return self.distribution.reparameterized

    def sample(self, samples: int, seed: Any) -> Any:
        """Draw complete events."""
        return self.distribution.sample(samples, seed)

    def log_prob(self, value: Any) -> Any:
        """Return the log-density of the observed elements of ``value`` in nats, shape ``(..., *batch)``."""
        terms = self.log_prob_terms(value)
        return ops.sum(numerics.flat_event(terms, self.event_shape), axis=-1)

    def log_prob_terms(self, value: Any) -> Any:
        """Return the log-density of each element in nats; 0 for a missing one."""
        terms = self.distribution.log_prob_terms(value)
        return ops.where(self.observed, terms, ops.zeros_like(terms))
