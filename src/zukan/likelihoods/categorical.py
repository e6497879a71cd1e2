"""The categorical likelihood."""

from __future__ import annotations

from typing import Any

from keras import layers

from zukan import checks, distributions
from zukan.context import Context, Shapes
from zukan.likelihoods.base import head, likelihoods
from zukan.likelihoods.levels import LEVELS, Levels


@likelihoods.register("categorical")
class Categorical(Levels):
    """p(x|z) = a probability for each of 256 levels of every element (arXiv:1601.06759).

    No shape is assumed, but it takes 256 numbers an element. For decoders that end in dense layers this would be a very
    large layer; so the logits are a linear function, common to all elements, of ``width`` numbers an element.

    Parameters
    ----------
    width : int, default 16
    """

    def __init__(self, width: int = 16) -> None:
        super().__init__()
        self.width = checks.integer("width", width)

    def heads(self, features: Any, shapes: Shapes) -> dict[str, Any]:
        """Return ``logits``, shape ``(batch, *event_shape, 256)``."""
        narrow = head(features, shapes.event_shape, "narrow", self.width)
        return {"logits": layers.Dense(LEVELS, name="logits")(narrow)}

    def distribution(self, params: dict[str, Any], context: Context) -> distributions.CategoricalLevels:  # noqa: ARG002
        """Return the categorical distribution with the logits ``params["logits"]``."""
        return distributions.CategoricalLevels(params["logits"], self.event_ndim)
