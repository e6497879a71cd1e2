"""The normal likelihood, with a fixed or a learned scale."""

from __future__ import annotations

import math
from typing import Any, ClassVar

from keras import ops

from zukan import checks, distributions
from zukan.likelihoods.base import Likelihood, likelihoods


@likelihoods.register("normal")
class Normal(Likelihood):
    """Each element is normal around the decoded mean, with one standard deviation for all.

    Parameters
    ----------
    scale : float or "learned", default "learned"
        The standard deviation in the units of the data, or one weight trained with the rest, starting at 1
        (arXiv:2006.13202).
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

    def distribution(self, params: dict[str, Any], event_ndim: int) -> distributions.Normal:
        """Return the normal around ``params["mean"]``."""
        log_var = self._fixed if self.log_var is None else ops.clip(self.log_var.value, -20.0, 20.0)
        return distributions.Normal(params["mean"], ops.convert_to_tensor(log_var, params["mean"].dtype), event_ndim)
