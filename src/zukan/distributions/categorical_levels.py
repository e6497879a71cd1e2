"""A categorical distribution over the levels of each element."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from zukan import numerics
from zukan.distributions.independent import Independent


class CategoricalLevels(Independent):
    """Independent elements, each one of k evenly spaced levels from 0 to 1 with a probability of its own.

    Parameters
    ----------
    logits : tensor, shape (*batch, *event, k)
        Unnormalized log-probabilities of the levels 0, 1 / (k - 1), …, 1.
    event_ndim : int, default 1
        Number of axes before the last that form one event.
    """

    def __init__(self, logits: Any, event_ndim: int = 1) -> None:
        super().__init__(logits, event_ndim=event_ndim)
        self.logits = logits
        self.levels = int(logits.shape[-1])
        self.steps = self.levels - 1.0  # between 0 and 1

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape ``(*batch, *event)``."""
        return ops.shape(self.logits)[:-1]

    @property
    def event_shape(self) -> tuple[int, ...]:
        """The shape of one event."""
        return tuple(self.logits.shape[len(self.logits.shape) - 1 - self.event_ndim : -1])

    @property
    def mean(self) -> Any:
        """The mean level, shape ``(*batch, *event)``."""
        levels = ops.cast(ops.arange(self.levels), self.logits.dtype) / self.steps
        return ops.sum(self.probabilities * levels, axis=-1)

    @property
    def probabilities(self) -> Any:
        """The probability of each level, shape ``(*batch, *event, k)``."""
        shares = ops.softmax(ops.reshape(self.logits, (-1, self.levels)))  # TensorFlow's softmax takes few axes
        return ops.reshape(shares, numerics.sizes(self.logits))

    def sample(self, samples: int, seed: Any) -> Any:
        """Draw levels, shape ``(samples, *batch, *event)``."""
        rows = ops.reshape(self.logits, (-1, self.levels))
        drawn = ops.transpose(keras.random.categorical(rows, samples, seed=seed))
        return ops.reshape(ops.cast(drawn, self.logits.dtype), (samples, *self.shape)) / self.steps

    def flat_terms(self, value: Any) -> Any:
        """Return the log-probability of the level of each element, shape ``(..., elements)``."""
        value = numerics.flat_event(value, self.event_shape)
        shape = (*self.shape[: len(self.shape) - self.event_ndim], value.shape[-1], self.levels)
        return self.terms(value, ops.reshape(self.logits, shape))

    def terms(self, value: Any, logits: Any) -> Any:
        """Return the log-probability of the level nearest to ``value``; ``logits`` has an axis more, for the levels."""
        index = ops.cast(ops.round(value * self.steps), "int32")[..., None]
        index = index + ops.zeros_like(logits[..., :1], dtype="int32")  # the shape of both
        chosen = ops.take_along_axis(ops.broadcast_to(logits, (*ops.shape(index)[:-1], self.levels)), index, axis=-1)
        return chosen[..., 0] - ops.logsumexp(logits, axis=-1)


class Categories(CategoricalLevels):
    """Independent elements, each the number, from 0, of one of its levels.

    Parameters
    ----------
    logits : tensor, shape (*batch, elements, k)
        Unnormalized log-probabilities; -1e9 or less for a level that the element does not have.
    """

    def __init__(self, logits: Any) -> None:
        super().__init__(logits, event_ndim=1)
        self.steps = 1.0

    @property
    def mean(self) -> Any:
        """The number of the most probable level, shape ``(*batch, elements)``: an average of levels means nothing."""
        return ops.cast(ops.argmax(self.logits, axis=-1), self.logits.dtype)

    @property
    def summary(self) -> Any:
        """The probabilities of the levels of all elements, shape ``(*batch, elements * k)``."""
        width = self.logits.shape[-2] * self.levels
        return ops.reshape(self.probabilities, (*numerics.sizes(self.logits)[:-2], width))
