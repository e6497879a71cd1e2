"""The hyperbolic secant likelihood."""

from __future__ import annotations

from typing import Any

from zukan import distributions
from zukan.context import Context
from zukan.likelihoods.base import likelihoods
from zukan.likelihoods.location_scale import LocationScale


@likelihoods.register("hyperbolic-secant")
class HyperbolicSecant(LocationScale):
    """p(x|z) = hyperbolic secant(mean, scale): the log-cosh loss as a density (openreview rkglvsC9Ym).

    Close to the mean its cost is a square, as for ``normal``; far from it the absolute error, as for ``laplace``.

    Parameters
    ----------
    scale : float, "learned", "feature" or "heads", default "learned"
        The standard deviation times 2 / pi, in the units of the data, as for ``normal``.
    floor : float, default 0.0
        A learned scale stays above this.
    start : float, default 1.0
        Where a learned scale starts that is one weight, or one for each element. A start near the error that the model
        will reach saves the epochs that the weight takes to get there.
    """

    def distribution(self, params: dict[str, Any], context: Context) -> distributions.HyperbolicSecant:  # noqa: ARG002
        """Return the hyperbolic secant distribution with the mean ``params["mean"]``."""
        return distributions.HyperbolicSecant(params["mean"], 0.5 * self.log_var_of(params), self.event_ndim)
