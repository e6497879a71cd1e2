"""The Laplace likelihood."""

from __future__ import annotations

from typing import Any

from zukan import distributions
from zukan.context import Context
from zukan.likelihoods.base import likelihoods
from zukan.likelihoods.location_scale import LocationScale


@likelihoods.register("laplace")
class Laplace(LocationScale):
    """p(x|z) = Laplace(mean, scale): the decoder computes the mean; the loss is the absolute error over the scale.

    A far value costs less than under a normal distribution. Its values are densities, as those of ``normal``.

    Parameters
    ----------
    scale : float, "learned", "feature" or "heads", default "learned"
        The mean absolute deviation in the units of the data, as for ``normal``.
    floor : float, default 0.0
        A learned scale stays above this.
    start : float, default 1.0
        Where a learned scale starts that is one weight, or one for each element. A start near the error that the model
        will reach saves the epochs that the weight takes to get there.
    """

    def distribution(self, params: dict[str, Any], context: Context) -> distributions.Laplace:  # noqa: ARG002
        """Return the Laplace distribution with the mean ``params["mean"]``."""
        return distributions.Laplace(params["mean"], 0.5 * self.log_var_of(params), self.event_ndim)
