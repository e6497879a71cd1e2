"""The continuous Bernoulli likelihood."""

from __future__ import annotations

from typing import Any, ClassVar

from zukan import distributions
from zukan.context import Context
from zukan.likelihoods.base import Likelihood, likelihoods


@likelihoods.register("continuous-bernoulli")
class ContinuousBernoulli(Likelihood):
    """p(x|z) = continuous Bernoulli: a density on [0, 1], for gray levels (arXiv:1907.06845).

    It is ``bernoulli`` with the normalizer that makes it a density. Its values are densities, as those of ``normal``.
    """

    parameters: ClassVar[tuple[str, ...]] = ("logits",)
    support: ClassVar[tuple[float, float]] = (0.0, 1.0)

    def distribution(self, params: dict[str, Any], context: Context) -> distributions.ContinuousBernoulli:  # noqa: ARG002
        """Return the continuous Bernoulli distribution with the logits ``params["logits"]``."""
        return distributions.ContinuousBernoulli(params["logits"], event_ndim=self.event_ndim)
