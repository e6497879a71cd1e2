"""The Bernoulli likelihood."""

from __future__ import annotations

from typing import Any, ClassVar

from zukan import distributions
from zukan.likelihoods.base import Likelihood, likelihoods


@likelihoods.register("bernoulli")
class Bernoulli(Likelihood):
    """Each element is a coin flip; grey levels in [0, 1] are scored by binary cross-entropy (arXiv:1312.6114)."""

    parameters: ClassVar[tuple[str, ...]] = ("logits",)
    support: ClassVar[tuple[float, float]] = (0.0, 1.0)

    def distribution(self, params: dict[str, Any], event_ndim: int) -> distributions.Bernoulli:
        """Return the Bernoulli with these logits."""
        return distributions.Bernoulli(params["logits"], event_ndim)
