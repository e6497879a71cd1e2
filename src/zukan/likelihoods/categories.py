"""The likelihood of categories: elements that are one of their levels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
from keras import layers, ops

from zukan import distributions
from zukan.context import Context, Shapes
from zukan.likelihoods.base import Likelihood

ABSENT = -1e9  # the logit of a level that an element does not have


class Categories(Likelihood):
    """Elements that are the numbers of levels, 0, 1, …: the decoder computes a probability for each level.

    `zukan.likelihoods.Mixed` makes it for the categories of a table.

    Parameters
    ----------
    sizes : sequence of int
        The number of levels of each element.
    """

    parameters: ClassVar[tuple[str, ...]] = ("level_logits",)
    unit: ClassVar[float] = 1.0

    def __init__(self, sizes: Sequence[int]) -> None:
        super().__init__()
        self.sizes = sizes
        self._elements = np.repeat(np.arange(len(sizes)), sizes)  # the element of each level, and its number there
        self._numbers = np.concatenate([np.arange(size) for size in sizes])
        self._largest = max(sizes)
        self.support = (0.0, self._largest - 1.0)  # type: ignore[misc]  # it depends on the sizes

    def heads(self, features: Any, shapes: Shapes) -> dict[str, Any]:  # noqa: ARG002 the signature of all
        """Return ``level_logits``, shape ``(batch, elements, largest size)``; `ABSENT` for levels that do not exist."""
        if len(features.shape) != 2:
            features = layers.Flatten(data_format="channels_last", name="level_logits_flatten")(features)
        logits = layers.Dense(len(self._elements), name="level_logits")(features)
        exists = np.arange(self._largest) < np.asarray(self.sizes)[:, None]
        if exists.all():
            return {"level_logits": layers.Reshape(exists.shape, name="level_logits_by_element")(logits)}
        places = np.zeros(exists.shape, np.int32)
        places[exists] = np.arange(len(self._elements))
        absent = np.where(exists, 0.0, ABSENT).astype("float32")
        return {"level_logits": ops.take(logits, places, axis=-1) + ops.cast(absent, logits.dtype)}

    def as_input(self, x: Any, observed: Any = None) -> Any:
        """Return a 1 for the level of each element, side by side; all 0 for a missing one."""
        numbers = ops.cast(self._numbers.astype("float32"), x.dtype)
        hot = ops.relu(1.0 - ops.abs(ops.take(x, self._elements, axis=-1) - numbers))
        return hot if observed is None else hot * ops.take(observed, self._elements, axis=-1)

    def typical(self, summary: np.ndarray) -> np.ndarray:
        """Return the most probable levels."""
        shares = summary.reshape(*summary.shape[:-1], len(self.sizes), self._largest)
        return shares.argmax(axis=-1).astype(summary.dtype)

    def distribution(self, params: dict[str, Any], context: Context) -> distributions.Categories:  # noqa: ARG002
        """Return the distribution over the numbers of levels."""
        return distributions.Categories(params["level_logits"])
