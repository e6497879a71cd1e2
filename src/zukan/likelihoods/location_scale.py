"""The base class of likelihoods with a mean from the decoder, and a scale."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import keras
from keras import ops

from zukan import checks, numerics
from zukan.context import Shapes
from zukan.likelihoods.base import Likelihood, head


class LocationScale(Likelihood):
    """Independent elements with a mean that the decoder computes, and a scale.

    The scale of an element is exp(log_var / 2), with log_var clipped to [-20, 20] if it is learned.

    Parameters
    ----------
    scale : float, "learned", "feature" or "heads", default "learned"
        The scale in the units of the data. If "learned", it is one weight for all elements, which is trained with the
        model and starts at 1 (arXiv:2006.13202); if "feature", one weight for each element. If "heads", the decoder
        computes one for every element. Then the density has no upper bound if values never change, such as at the
        border of images, unless there is a ``floor``.
    floor : float, default 0.0
        A learned scale stays above this.
    start : float, default 1.0
        Where a learned scale starts that is one weight, or one for each element. A start near the error that the model
        will reach saves the epochs that the weight takes to get there.
    """

    parameters: ClassVar[tuple[str, ...]] = ("mean",)

    def __init__(self, scale: float | str = "learned", floor: float = 0.0, start: float = 1.0) -> None:
        super().__init__()
        self.scale = scale
        self.floor = checks.number("floor", floor, minimum=0.0)
        self.start = checks.number("start", start, above=0.0)
        self.log_var: Any = None
        if scale == "learned":
            self.log_var = self._scale_weight(())
        elif scale not in {"feature", "heads"}:
            known = "a number, 'learned', 'feature' or 'heads'"
            self._fixed = 2.0 * math.log(checks.number(f"scale ({known})", scale, above=0.0))

    def build(self, shapes: Shapes) -> None:
        """Create the scale of each element, if it is learned."""
        if self.scale == "feature":
            self.log_var = self._scale_weight(shapes.event_shape)
        super().build(shapes)

    def _scale_weight(self, shape: tuple[int, ...]) -> Any:
        """Return the weight that is twice the logarithm of the scale."""
        start = keras.initializers.Constant(2.0 * math.log(self.start))
        return self.add_weight(shape=shape, initializer=start, name="log_var")

    def heads(self, features: Any, shapes: Shapes) -> dict[str, Any]:
        """Return ``mean``, and ``log_var`` if the decoder computes the scale."""
        params = super().heads(features, shapes)
        return {**params, "log_var": head(features, shapes.event_shape, "log_var")} if self.scale == "heads" else params

    def log_var_of(self, params: dict[str, Any]) -> Any:
        """Return twice the logarithm of the scale; its shape broadcasts to the mean's shape."""
        mean = params["mean"]
        if "log_var" not in params and self.log_var is None:
            return ops.convert_to_tensor(self._fixed, mean.dtype)
        log_var = params["log_var"] if "log_var" in params else ops.cast(self.log_var.value, mean.dtype)
        log_var = numerics.bounded_log_var(log_var)
        return ops.logaddexp(log_var, 2.0 * math.log(self.floor)) if self.floor else log_var
