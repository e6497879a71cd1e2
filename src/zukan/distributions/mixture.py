"""A finite mixture."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from zukan.distributions.base import Distribution


class Mixture(Distribution):
    """A mixture of ``k`` distributions over vectors.

    Parameters
    ----------
    logits : tensor, shape (k,)
        Unnormalised log-weights.
    components : Distribution
        A batch of ``k`` distributions over events of one axis.
    """

    event_ndim = 1

    def __init__(self, logits: Any, components: Distribution) -> None:
        self.logits = logits
        self.components = components

    @property
    def mean(self) -> Any:
        """The weighted mean of the components' means."""
        return ops.sum(ops.softmax(self.logits)[:, None] * self.components.mean, axis=0)

    def sample(self, samples: int, seed: Any) -> Any:
        """Draw a component for each sample, then an event from it."""
        # An int seed must not choose the component and its noise with the same draw.
        noise_seed = seed + 1 if isinstance(seed, int) else seed
        chosen = keras.random.categorical(self.logits[None], samples, seed=seed)[0]
        drawn = self.components.sample(samples, noise_seed)
        return ops.take_along_axis(drawn, chosen[:, None, None], axis=1)[:, 0]

    def log_prob(self, value: Any) -> Any:
        """Return ``log sum_k weight_k p_k(value)``."""
        each = self.components.log_prob(value[..., None, :])
        return ops.logsumexp(ops.log_softmax(self.logits) + each, axis=-1)
