"""The likelihood of a discretized mixture of logistic distributions."""

from __future__ import annotations

from typing import Any, ClassVar

from keras import ops

from zukan import checks, distributions
from zukan.context import Context
from zukan.likelihoods.base import likelihoods
from zukan.likelihoods.levels import Levels

NARROW, WIDE = -7.7, 2.0  # log-scales are clipped to this: the paper's -7 for data in [-1, 1] is -7.7 here


@likelihoods.register("logistic-mixture")
class LogisticMixture(Levels):
    """p(x|z) = a mixture of logistic distributions, made discrete, for every element (arXiv:1701.05517).

    The components start spread over [0, 1].

    Parameters
    ----------
    components : int, default 5
    """

    parameters: ClassVar[tuple[str, ...]] = ("logits", "location", "log_scale")

    def __init__(self, components: int = 5) -> None:
        super().__init__()
        self.components = self.values = checks.integer("components", components)

    def distribution(self, params: dict[str, Any], context: Context) -> distributions.LogisticMixture:  # noqa: ARG002
        """Return the mixture; the parameters have a last axis for the components."""
        spread = (ops.arange(self.components, dtype=params["location"].dtype) + 0.5) / self.components
        log_scale = ops.clip(params["log_scale"] - 2.0, NARROW, WIDE)
        return distributions.LogisticMixture(params["logits"], params["location"] + spread, log_scale, self.event_ndim)
