"""The base class of likelihoods of counts, with a size factor and further zeros."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import Any, ClassVar

import keras
import numpy as np
from keras import ops

from zukan import distributions, numerics
from zukan.context import Context, Shapes
from zukan.distributions import Independent
from zukan.likelihoods.base import Likelihood, head
from zukan.registry import Part
from zukan.streamed import slices


@keras.saving.register_keras_serializable("zukan")
class LogRates(Part, keras.Layer):
    """A layer from the outputs of a linear head to log-rates, which start at those of the data.

    Parameters
    ----------
    total : bool
        Whether the rates of an event add up to the mean total of the data.
    """

    def __init__(self, total: bool, **kwargs: Any) -> None:  # noqa: FBT001 a configuration
        super().__init__(**kwargs)
        self.total = total

    def build(self, input_shape: Any) -> None:
        """Create the log-rates of the data, of the shape of an event; they are not trained."""
        self.start = self.add_weight(shape=input_shape[1:], initializer="zeros", trainable=False, name="start")
        super().build(input_shape)

    def call(self, x: Any) -> Any:
        """Return the log-rates, shape ``(batch, *event_shape)``."""
        x = x + self.start
        if not self.total:
            return x
        return x - _log_total(x, len(x.shape) - 1) + ops.logsumexp(self.start)


def _log_total(x: Any, event_ndim: int) -> Any:
    """Return the logarithm of the sum of ``exp(x)`` over the event, whose axes stay with length 1."""
    return ops.logsumexp(x, axis=tuple(range(-event_ndim, 0)), keepdims=True)


class Counts(Likelihood):
    """Whole numbers from 0, with a rate that the decoder computes for every element.

    The encoder sees log(1 + x). Before the first step, the rates are the means of the training items.

    Parameters
    ----------
    size_factor : bool, default False
        Whether the rates are shares of the total of an item (doi:10.1038/s41592-018-0229-2): rate = size * softmax. The
        size is the total of the item itself, or of the mean item if a model only generates. Bounds are then those on
        log p(x | size), not on log p(x).
    zero_inflated : bool, default False
        Whether every element has a probability, computed by the decoder, of a zero that the counts do not explain.
    """

    support: ClassVar[tuple[float, float]] = (0.0, float("inf"))
    unit: ClassVar[float] = 1.0
    parameters: ClassVar[tuple[str, ...]] = ("log_rate",)

    def __init__(self, size_factor: bool = False, zero_inflated: bool = False) -> None:  # noqa: FBT001, FBT002
        super().__init__()
        self.size_factor = size_factor
        self.zero_inflated = zero_inflated
        self.given = "size" if size_factor else ""
        self._start: Callable[[Any], None] | None = None  # no layer, which belongs to the decoder

    def heads(self, features: Any, shapes: Shapes) -> dict[str, Any]:
        """Return ``log_rate`` and, with ``zero_inflated``, ``zero_logits``."""
        params = super().heads(features, shapes)
        layer = LogRates(bool(self.size_factor), name="log_rates")
        params["log_rate"] = layer(params["log_rate"])
        self._start = layer.start.assign
        if self.zero_inflated:
            params["zero_logits"] = head(features, shapes.event_shape, "zero_logits")
        return params

    def begin(self, x: Any, seed: int, infer: Callable[[Any], dict[str, Any]]) -> None:  # noqa: ARG002
        """Let the rates start at the means of the training items."""
        total, count = np.full(x.shape[1:], 0.5), np.zeros(x.shape[1:])  # half a count more, for a feature without any
        for rows in slices(x):
            piece = np.asarray(x[rows], "float64")
            total += np.nansum(piece, axis=0)
            count += np.count_nonzero(~np.isnan(piece), axis=0)
        if self._start is not None:
            self._start(np.log(total / np.maximum(count, 1)))

    def as_input(self, x: Any, observed: Any = None) -> Any:  # noqa: ARG002 missing values are 0
        """Return log(1 + x); a pseudo-input below 0 counts as 0."""
        return ops.log1p(ops.relu(x))

    def distribution(self, params: dict[str, Any], context: Context) -> Independent:
        """Return the distribution of the counts."""
        log_rate = params["log_rate"]
        if self.size_factor and context.x is not None:
            axes = tuple(range(-self.event_ndim, 0))
            there = log_rate if context.observed is None else ops.where(context.observed, log_rate, -1e30)
            size = ops.maximum(ops.sum(context.x, axis=axes, keepdims=True), 1.0)  # an item of zeros counts as 1
            own = log_rate - _log_total(there, self.event_ndim) + ops.log(size)
            log_rate = own if context.observed is None else ops.where(  # an item without values has no total
                ops.any(context.observed, axis=axes, keepdims=True), own, log_rate)
        counts = self.counts({**params, "log_rate": numerics.bounded_log_var(log_rate)})
        return distributions.ZeroInflated(params["zero_logits"], counts) if self.zero_inflated else counts

    @abstractmethod
    def counts(self, params: dict[str, Any]) -> Independent:
        """Return the distribution of the counts without further zeros."""
