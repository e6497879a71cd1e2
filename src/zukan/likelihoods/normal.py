"""The normal likelihood."""

from __future__ import annotations

from typing import Any

from zukan import distributions
from zukan.context import Context
from zukan.likelihoods.base import likelihoods
from zukan.likelihoods.location_scale import LocationScale


@likelihoods.register("normal")
class Normal(LocationScale):
    """p(x|z) = N(mean, scale^2): the decoder computes the mean of every element (arXiv:1312.6114).

    Its values are densities, so log p(x|z) depends on the units of the data and can be positive.

    Parameters
    ----------
    scale : float, "learned", "feature" or "heads", default "learned"
        The standard deviation in the units of the data: a number; or one weight for all elements ("learned") or for
        each ("feature"), trained with the model, which starts at 1 (arXiv:2006.13202); or computed by the decoder.
    floor : float, default 0.0
        A learned scale stays above this.
    start : float, default 1.0
        Where a learned scale starts that is one weight, or one for each element. A start near the error that the model
        will reach saves the epochs that the weight takes to get there.
    """

    def distribution(self, params: dict[str, Any], context: Context) -> distributions.Normal:  # noqa: ARG002
        """Return the normal distribution with the mean ``params["mean"]``."""
        return distributions.Normal(params["mean"], self.log_var_of(params), self.event_ndim)
