"""Counts with more zeros than their distribution explains."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from zukan.distributions.independent import Independent


class ZeroInflated(Independent):
    """A mixture of the number 0, with probability sigmoid(logits), and a distribution over counts.

    Parameters
    ----------
    logits : tensor, shape (*batch, *event)
        Log-odds of a zero that the distribution does not explain (for single cells: doi:10.1038/s41592-018-0229-2).
    counts : Independent
        The distribution over counts.
    """

    def __init__(self, logits: Any, counts: Independent) -> None:
        super().__init__(logits, *counts.parameters, event_ndim=counts.event_ndim)
        self.logits = logits
        self.counts = counts

    @property
    def mean(self) -> Any:
        """The mean, shape ``(*batch, *event)``."""
        return ops.sigmoid(-self.logits) * self.counts.mean

    def sample(self, samples: int, seed: Any) -> Any:
        """Draw counts, and replace some of them by 0."""
        uniform = keras.random.uniform((samples, *self.shape), dtype=self.logits.dtype, seed=seed)
        counts = self.counts.sample(samples, seed + 2 if isinstance(seed, int) else seed)
        return ops.where(uniform < ops.sigmoid(self.logits), ops.zeros_like(counts), counts)

    def terms(self, value: Any, logits: Any, *parameters: Any) -> Any:
        """Return log p(value): log(s + (1 - s) p(0)) for a zero, else log((1 - s) p(value)), with s = sigmoid(logits).

        Both are written with log((1 - s) / s) = -logits and log s = -softplus(-logits).
        """
        kept = self.counts.terms(value, *parameters) - logits
        return ops.where(value == 0, ops.softplus(kept), kept) - ops.softplus(-logits)
