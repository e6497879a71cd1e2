"""A finite mixture of distributions over vectors."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from zukan.distributions.base import Distribution


class Mixture(Distribution):
    """A mixture of ``k`` distributions over vectors: p(z) = sum_i w_i p_i(z), with w = softmax(logits).

    Parameters
    ----------
    logits : tensor, shape (k,)
        Unnormalized log-weights.
    components : Distribution
        The distributions p_i: batch shape ``(k,)``, event shape ``(d,)``.
    """

    event_ndim = 1

    def __init__(self, logits: Any, components: Distribution) -> None:
        self.logits = logits
        self.components = components

    @property
    def mean(self) -> Any:
        """The weighted mean of the components' means, shape ``(d,)``."""
        return ops.sum(ops.exp(ops.log_softmax(self.logits))[:, None] * self.components.mean, axis=0)

    def sample(self, samples: int, seed: Any) -> Any:
        """Draw a component for each sample, then a vector from that component: shape ``(samples, d)``."""
        # With one int seed for both, the choice of the component and its noise would depend on each other.
        noise_seed = seed + 1 if isinstance(seed, int) else seed
        chosen = keras.random.categorical(self.logits[None], samples, seed=seed)[0]
        drawn = self.components.sample(samples, noise_seed)
        return ops.take_along_axis(drawn, chosen[:, None, None], axis=1)[:, 0]

    def log_prob(self, value: Any) -> Any:
        """Return log sum_i w_i p_i(value) in nats, shape ``(...)`` for values of shape ``(..., d)``."""
        log_densities = self.components.log_prob_of_each(value)
        return ops.logsumexp(ops.log_softmax(self.logits) + log_densities, axis=-1)
