"""The normal likelihood with a fixed or a learned scale."""

from __future__ import annotations

import math
from typing import Any, ClassVar

from keras import ops

from zukan import checks, distributions, numerics
from zukan.context import Context
from zukan.likelihoods.base import Likelihood, likelihoods


@likelihoods.register("normal")
class Normal(Likelihood):
    """p(x|z) = N(mean, scale^2 I): the decoder computes the mean, and all elements share one standard deviation.

    Its values are densities, so log p(x|z) depends on the units of the data and can be positive.

    Parameters
    ----------
    scale : float or "learned", default "learned"
        The standard deviation in the units of the data. If "learned", it is one weight that is trained with the model
        and starts at 1 (arXiv:2006.13202).
    """

    parameters: ClassVar[tuple[str, ...]] = ("mean",)

    def __init__(self, scale: float | str = "learned") -> None:
        super().__init__()
        self.scale = scale
        self.log_var: Any = None
        if scale == "learned":
            self.log_var = self.add_weight(shape=(), initializer="zeros", name="log_var")
        else:
            self._fixed = 2.0 * math.log(checks.number("scale (a number, or 'learned')", scale, above=0.0))

    def distribution(self, params: dict[str, Any], context: Context) -> distributions.Normal:  # noqa: ARG002
        """Return the normal distribution with the mean ``params["mean"]``."""
        log_var = self._fixed if self.log_var is None else numerics.bounded_log_var(self.log_var.value)
        return distributions.Normal(params["mean"], ops.convert_to_tensor(log_var, params["mean"].dtype),
                                    self.event_ndim)
