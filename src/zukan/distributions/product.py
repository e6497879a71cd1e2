"""Independent pieces of one vector, each with a distribution of its own."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import accumulate
from typing import Any

from keras import ops

from zukan.distributions.base import Distribution


class Product(Distribution):
    """p(z) = prod_i p_i(z_i), where z_1, z_2, ... lie side by side in one vector.

    Parameters
    ----------
    parts : sequence of Distribution
        Over vectors. Those with a batch shape other than ``()`` have the same one.
    """

    event_ndim = 1

    def __init__(self, parts: Sequence[Distribution]) -> None:
        self.parts = tuple(parts)
        self._ends = list(accumulate(part.event_shape[0] for part in self.parts))

    @property
    def event_shape(self) -> tuple[int, ...]:
        """The shape of one event."""
        return (self._ends[-1],)

    @property
    def batch_shape(self) -> tuple[int, ...]:
        """The shape of the batch: () for a single distribution."""
        return max((part.batch_shape for part in self.parts), key=len)

    @property
    def mean(self) -> Any:
        """The means side by side."""
        batch, means = self.batch_shape, [part.mean for part in self.parts]
        return ops.concatenate([mean if len(mean.shape) > len(batch) else ops.broadcast_to(mean, (*batch, *mean.shape))
                                for mean in means], axis=-1)

    def split(self, value: Any) -> list[Any]:
        """Return the pieces of ``value``, shape ``(..., d)``."""
        return list(ops.split(value, self._ends[:-1], axis=-1))

    def sample(self, samples: int, seed: Any) -> Any:
        """Draw every piece on its own, shape ``(samples, *batch, d)``."""
        batch, drawn = self.batch_shape, []
        for i, part in enumerate(self.parts):
            own = seed + i if isinstance(seed, int) else seed  # else the pieces would depend on each other
            count = samples if part.batch_shape else samples * math.prod(batch)
            drawn.append(ops.reshape(part.sample(count, own), (samples, *batch, *part.event_shape)))
        return ops.concatenate(drawn, axis=-1)

    def log_prob(self, value: Any) -> Any:
        """Return the sum of the log-densities of the pieces in nats."""
        return sum(part.log_prob(piece) for part, piece in zip(self.parts, self.split(value), strict=True))
