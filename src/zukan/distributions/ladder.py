"""A chain of normal distributions, each given the layer above."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from keras import ops

from zukan.distributions.base import Distribution
from zukan.distributions.normal import Normal


class Ladder(Distribution):
    """A chain of layers, the top one first: p(z) = p(z_1) prod_i p(z_i | z_{i-1}), all normal (arXiv:1602.02282).

    Parameters
    ----------
    top : Normal
        p(z_1).
    below : sequence of callable
        For each layer below, ``z_{i-1} -> p(z_i | z_{i-1})``.
    widths : sequence of int
        Dimensions of each layer. A vector z has the layers one after the other.
    """

    event_ndim = 1

    def __init__(self, top: Normal, below: Sequence[Callable[[Any], Normal]], widths: Sequence[int]) -> None:
        self.top = top
        self.below = below
        self.widths = tuple(widths)

    @property
    def mean(self) -> Any:
        """The mean of every layer, given the mean of the one above; it stands for the expected event."""
        means = [self.top.mean]
        for given in self.below:
            means.append(given(means[-1]).mean)
        return ops.concatenate(means, axis=-1)

    def split(self, z: Any) -> list[Any]:
        """Return the layers of z."""
        return ops.split(z, [sum(self.widths[:i]) for i in range(1, len(self.widths))], axis=-1)

    def layers(self, z: Any) -> list[Normal]:
        """Return the distribution of each layer, given the layer above in ``z``."""
        above = self.split(z)[:-1]
        return [self.top, *(given(layer) for given, layer in zip(self.below, above, strict=True))]

    def sample(self, samples: int, seed: Any) -> Any:
        """Draw from the top down, shape ``(samples, *batch, d)``."""
        return self.redraw([self.top.sample(samples, seed)], seed)

    def redraw(self, kept: Sequence[Any], seed: Any) -> Any:
        """Return z with the layers ``kept``, the top one first, and a draw of those below."""
        drawn = [*kept]
        for number, given in enumerate(self.below[len(kept) - 1 :], len(kept)):
            drawn.append(given(drawn[-1]).sample(1, seed + number if isinstance(seed, int) else seed)[0])
        return ops.concatenate(drawn, axis=-1)

    def log_prob(self, value: Any) -> Any:
        """Return the log-density of ``value`` in nats, summed over the layers."""
        return sum(layer.log_prob(part) for layer, part in zip(self.layers(value), self.split(value), strict=True))
