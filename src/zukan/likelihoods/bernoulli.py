"""The Bernoulli likelihood."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from zukan import distributions
from zukan.context import Context
from zukan.likelihoods.base import Likelihood, likelihoods


@likelihoods.register("bernoulli")
class Bernoulli(Likelihood):
    """p(x|z) = product of Bernoulli(sigmoid(logits)) over the elements of x, for data in [0, 1] (arXiv:1312.6114).

    Gray levels between 0 and 1 are scored by minus the binary cross-entropy, in nats.
    """

    parameters: ClassVar[tuple[str, ...]] = ("logits",)
    support: ClassVar[tuple[float, float]] = (0.0, 1.0)

    def distribution(self, params: dict[str, Any], context: Context) -> distributions.Bernoulli:  # noqa: ARG002
        """Return the Bernoulli distribution with the logits ``params["logits"]``."""
        return distributions.Bernoulli(params["logits"], self.event_ndim)

    def least_cost(self, x: np.ndarray) -> np.ndarray:
        """Return the entropy of each gray level, -x log x - (1 - x) log(1 - x); it is 0 for zeros and ones.

        A decoder that returns ``x`` itself still pays it. The cross-entropy minus the entropy is KL(x || p), which is 0
        if the decoder returns ``x``.
        """
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.nan_to_num(-x * np.log(x) - (1 - x) * np.log1p(-x))
