"""A mixture of logistic distributions, made discrete, for each element."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from zukan.distributions.independent import Independent

FAR = 1e9  # where the logistic function is 1


class LogisticMixture(Independent):
    """Independent elements, each one of evenly spaced levels from 0 to 1 (arXiv:1701.05517, section 2.1).

    A number is drawn from a mixture of logistic distributions and rounded to the nearest level. Numbers below 0 and
    above 1 become 0 and 1, so that the probabilities of the levels add up to 1.

    Parameters
    ----------
    logits, location, log_scale : tensor, shape (*batch, *event, k)
        Unnormalized log-weights of the components, their centers, and the logarithms of their scales.
    event_ndim : int, default 1
        Number of axes before the last that form one event.
    levels : int, default 256
    """

    def __init__(self, logits: Any, location: Any, log_scale: Any, event_ndim: int = 1, levels: int = 256) -> None:
        # XLA on a CPU is slow at a short last axis, so that the components are separate tensors.
        self.components = int(logits.shape[-1])
        first = [ops.moveaxis(parameter, -1, 0) for parameter in (logits, location, log_scale)]
        super().__init__(*(parameter[i] for parameter in first for i in range(self.components)), event_ndim=event_ndim)
        self.logits, self.location, self.log_scale = logits, location, log_scale
        self.levels = levels

    @property
    def mean(self) -> Any:
        """The mean before the numbers are rounded to levels, shape ``(*batch, *event)``.

        The mean of the levels differs from it by at most half the distance between two levels, and by much less if the
        scales are not below that distance.
        """
        scale = ops.exp(self.log_scale)
        inside = scale * (ops.softplus(self.location / scale) - ops.softplus((self.location - 1.0) / scale))
        weights = ops.exp(self.logits - ops.max(self.logits, axis=-1, keepdims=True))
        return ops.sum(weights * inside, axis=-1) / ops.sum(weights, axis=-1)

    def sample(self, samples: int, seed: Any) -> Any:
        """Draw levels, shape ``(samples, *batch, *event)``: a component, then a number, then the nearest level."""
        rows = ops.reshape(self.logits, (-1, self.components))
        drawn = ops.transpose(keras.random.categorical(rows, samples, seed=seed))
        index = ops.reshape(ops.cast(drawn, "int32"), (samples, *self.shape))[..., None]
        chosen = [ops.sum(ops.where(index == ops.arange(self.components, dtype="int32"), parameter, 0.0), axis=-1)
                  for parameter in (self.location, self.log_scale)]
        uniform = keras.random.uniform((samples, *self.shape), dtype=self.logits.dtype,
                                       seed=seed + 1 if isinstance(seed, int) else seed)
        value = chosen[0] + ops.exp(chosen[1]) * (ops.log(uniform) - ops.log1p(-uniform))
        return ops.round(ops.clip(value, 0.0, 1.0) * (self.levels - 1.0)) / (self.levels - 1.0)

    def terms(self, value: Any, *parameters: Any) -> Any:
        """Return log sum_i w_i (F_i(value + h) - F_i(value - h)), where h is half the distance between two levels.

        With a, b = (value - h - location) / scale, (value + h - location) / scale, the difference is
        sigmoid(b) sigmoid(-a) (1 - exp(a - b)), whose logarithm keeps its digits. The lowest level has no lower end,
        and the highest no upper one.
        """
        k, half = self.components, 0.5 / (self.levels - 1.0)
        logits = parameters[:k]
        above, below = value > half, value < 1.0 - half
        terms = []
        for location, log_scale in zip(parameters[k : 2 * k], parameters[2 * k :], strict=True):
            inverse = ops.exp(-log_scale)
            b = ops.where(below, (value + half - location) * inverse, FAR)
            minus_a = ops.where(above, (location + half - value) * inverse, FAR)
            # log sigmoid(t) = min(t, 0) - log(1 + exp(-|t|)); one logarithm serves both.
            e_a, e_b = ops.exp(-ops.abs(minus_a)), ops.exp(-ops.abs(b))
            ends = ops.minimum(minus_a, 0.0) + ops.minimum(b, 0.0) - ops.log1p(e_a + e_b + e_a * e_b)
            width = ops.log(-ops.expm1(-2.0 * half * inverse))
            terms.append(ends + ops.where(ops.logical_and(above, below), width, 0.0))
        return (_log_sum_exp([term + weight for term, weight in zip(terms, logits, strict=True)])
                - _log_sum_exp(logits))


def _log_sum_exp(values: Sequence[Any]) -> Any:
    """Return log sum_i exp(values[i]); separate tensors, which XLA does not put together first."""
    largest = ops.stop_gradient(functools.reduce(ops.maximum, values))
    return largest + ops.log(sum(ops.exp(value - largest) for value in values))
