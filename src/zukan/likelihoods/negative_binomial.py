"""The negative binomial likelihood."""

from __future__ import annotations

from typing import Any

from keras import ops

from zukan import checks, distributions
from zukan.context import Shapes
from zukan.likelihoods.base import head, likelihoods
from zukan.likelihoods.counts import Counts

DISPERSIONS = ("scalar", "feature", "heads")


@likelihoods.register("negative-binomial")
class NegativeBinomial(Counts):
    """p(x|z) = negative binomial, for counts that vary more than Poisson counts (doi:10.1038/s41592-018-0229-2).

    The variance is rate + dispersion * rate^2. With ``size_factor=True`` and ``zero_inflated=True`` it is the
    likelihood of scVI.

    Parameters
    ----------
    dispersion : {"scalar", "feature", "heads"}, default "feature"
        One for all elements; one for each element; or computed by the decoder. Its logarithm starts at 0 and is
        clipped to [-10, 10].
    size_factor, zero_inflated : bool, default False
        As for ``poisson``.
    """

    def __init__(self, dispersion: str = "feature", size_factor: bool = False,  # noqa: FBT001, FBT002
                 zero_inflated: bool = False) -> None:  # noqa: FBT001, FBT002
        super().__init__(size_factor, zero_inflated)
        self.dispersion = checks.choice("dispersion", dispersion, DISPERSIONS)

    def build(self, shapes: Shapes) -> None:
        """Create the log-dispersion, unless the decoder computes it."""
        if self.dispersion != "heads":
            shape = shapes.event_shape if self.dispersion == "feature" else ()
            self.log_dispersion = self.add_weight(shape=shape, initializer="zeros", name="log_dispersion")
        super().build(shapes)

    def heads(self, features: Any, shapes: Shapes) -> dict[str, Any]:
        """Return the parameters of `Counts.heads` and, if the decoder computes it, ``log_dispersion``."""
        params = super().heads(features, shapes)
        if self.dispersion == "heads":
            params["log_dispersion"] = head(features, shapes.event_shape, "log_dispersion")
        return params

    def counts(self, params: dict[str, Any]) -> distributions.NegativeBinomial:
        """Return the negative binomial distribution."""
        own = params["log_dispersion"] if self.dispersion == "heads" else self.log_dispersion.value
        own = ops.clip(ops.cast(own, params["log_rate"].dtype), -10.0, 10.0)
        return distributions.NegativeBinomial(params["log_rate"], own, self.event_ndim)
