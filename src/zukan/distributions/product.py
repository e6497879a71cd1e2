"""Independent pieces of one vector, each with a distribution of its own."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import accumulate
from typing import Any

import numpy as np
import numpy.typing as npt
from keras import ops

from zukan.distributions.base import Distribution


class Product(Distribution):
    """p(z) = prod_i p_i(z_i), where z_1, z_2, ... are different elements of one vector.

    Parameters
    ----------
    parts : sequence of Distribution
        Over vectors. Those with a batch shape other than ``()`` have the same one.
    places : sequence of arrays of int, optional
        For each part, the places of its elements in the vector. By default, the parts lie side by side.
    """

    event_ndim = 1

    def __init__(self, parts: Sequence[Distribution], places: Sequence[npt.NDArray[np.intp]] | None = None) -> None:
        self.parts = tuple(parts)
        self.places = places
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
        """The means of the parts, each at its place."""
        return self.join(self._broadcast([part.mean for part in self.parts]))

    @property
    def summary(self) -> Any:
        """The summaries of the parts, side by side."""
        return ops.concatenate(self._broadcast([part.summary for part in self.parts]), axis=-1)

    def summary_given(self, value: Any) -> Any:
        """Return the summary if the elements that are `reparameterized` are known, the parts side by side."""
        return ops.concatenate(self._broadcast([part.summary_given(piece) for part, piece in zip(
            self.parts, self.split(value), strict=True)]), axis=-1)

    @property
    def reparameterized(self) -> npt.NDArray[np.bool_]:
        """Which elements are numbers whose draws have a gradient, shape ``(d,)``."""
        pieces = np.concatenate([np.broadcast_to(part.reparameterized, part.event_shape) for part in self.parts])
        return pieces if self.places is None else pieces[np.argsort(np.concatenate(self.places))]

    def split(self, value: Any) -> list[Any]:
        """Return the pieces of ``value``, shape ``(..., d)``."""
        if self.places is None:
            return list(ops.split(value, self._ends[:-1], axis=-1))
        return [value if len(places) == self._ends[-1] else ops.take(value, places, axis=-1)
                for places in self.places]

    def join(self, pieces: Sequence[Any]) -> Any:
        """Return the vector with these pieces; the inverse of `split`."""
        joined = pieces[0] if len(pieces) == 1 else ops.concatenate(pieces, axis=-1)
        order = None if self.places is None else np.argsort(np.concatenate(self.places))
        is_sorted = order is None or (order == np.arange(len(order))).all()
        return joined if is_sorted else ops.take(joined, order, axis=-1)

    def sample(self, samples: int, seed: Any) -> Any:
        """Draw every piece on its own, shape ``(samples, *batch, d)``."""
        batch, drawn = self.batch_shape, []
        for i, part in enumerate(self.parts):
            own = seed + i if isinstance(seed, int) else seed  # else the pieces would depend on each other
            count = samples if part.batch_shape else samples * math.prod(batch)
            drawn.append(ops.reshape(part.sample(count, own), (samples, *batch, *part.event_shape)))
        return self.join(drawn)

    def log_prob(self, value: Any) -> Any:
        """Return the sum of the log-densities of the pieces in nats."""
        return sum(part.log_prob(piece) for part, piece in zip(self.parts, self.split(value), strict=True))

    def log_prob_terms(self, value: Any) -> Any:
        """Return the log-density of each element in nats, if the elements of every part are independent."""
        return self.join([part.log_prob_terms(piece)
                          for part, piece in zip(self.parts, self.split(value), strict=True)])

    def _broadcast(self, values: Sequence[Any]) -> list[Any]:
        """Return values of the parts with the batch shape of all."""
        batch = self.batch_shape
        return [value if len(value.shape) > len(batch) else ops.broadcast_to(value, (*batch, *value.shape))
                for value in values]
