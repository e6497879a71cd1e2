"""Categorical variables that depend on those before them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from keras import ops

from zukan import checks, numerics
from zukan.distributions.categorical import OneHots


class CodeSequence(OneHots):
    """log p(c) = sum_i log p(c_i | c_1 ... c_(i-1)), over one-hot vectors side by side in one flat vector.

    Parameters
    ----------
    logits : callable
        One-hot vectors ``(..., *batch, variables, classes)`` -> logits of the same shape. Those of a variable may
        depend on the variables before it only.
    variables, classes : int
    batch : tuple of int, default ()
    """

    def __init__(self, logits: Callable[[Any], Any], variables: int, classes: int, batch: tuple[int, ...] = ()) -> None:
        self.logits = logits
        self.variables, self.classes, self.batch = variables, classes, batch

    @property
    def mean(self) -> Any:
        """Raise, since it has no closed form.

        Raises
        ------
        zukan.InputError
            Always.
        """
        raise checks.InputError("the mean of an autoregressive distribution has no closed form, got no draws; "
                                "average over draws from sample")

    @property
    def batch_shape(self) -> tuple[int, ...]:
        """The shape of the batch: () for a single distribution."""
        return self.batch

    def variable_terms(self, value: Any) -> Any:
        """Return the log-probability of each variable given those before it, in nats."""
        hot = self.split(value)
        return ops.sum(hot * ops.log_softmax(self.logits(hot), axis=-1), axis=-1)

    def sample(self, samples: int, seed: Any) -> Any:
        """Draw one variable after the other, in one compiled loop."""
        start = self.split(ops.zeros((samples, *self.batch, *self.event_shape)))
        noise = numerics.gumbel(ops.shape(start), start.dtype, seed)

        def draw(i: Any, hot: Any) -> Any:
            here = ops.one_hot(i, self.variables, dtype=hot.dtype)[:, None]
            return hot + here * self.hot(ops.cast(self.logits(hot), hot.dtype) + noise)

        return self.join(ops.fori_loop(0, self.variables, draw, start))
