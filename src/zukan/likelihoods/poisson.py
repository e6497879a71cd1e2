"""The Poisson likelihood."""

from __future__ import annotations

from typing import Any

from zukan import distributions
from zukan.likelihoods.base import likelihoods
from zukan.likelihoods.counts import Counts


@likelihoods.register("poisson")
class Poisson(Counts):
    """p(x|z) = Poisson(rate), for counts whose variance is near their mean."""

    def counts(self, params: dict[str, Any]) -> distributions.Poisson:
        """Return the Poisson distribution."""
        return distributions.Poisson(params["log_rate"], self.event_ndim)
