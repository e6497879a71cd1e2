"""Codes: points among finitely many, and distributions over them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from keras import ops

from zukan.distributions.base import Distribution
from zukan.distributions.categorical import OneHots
from zukan.distributions.delta import Delta


class Quantized(Delta):
    """A point among finitely many, which has probability 1: log q = 0 nats.

    Parameters
    ----------
    point : tensor, shape (*batch, d)
    """

    def log_prob(self, value: Any) -> Any:
        """Return 0 for every value, shape ``(..., *batch)``; only the point itself should be asked for."""
        return ops.zeros_like(value[..., 0])

    def sample_and_log_prob(self, samples: int, seed: Any) -> tuple[Any, Any]:
        """Return the point ``samples`` times, and zeros."""
        return Distribution.sample_and_log_prob(self, samples, seed)


class Coded(Distribution):
    """The distribution of z = embed(c), where the codes c follow a distribution over one-hot vectors.

    Log-probabilities depend on z through its codes only, so they have no gradient with respect to z.

    Parameters
    ----------
    over : OneHots
        Its variables are the codes.
    codes, embed : callable
        z, shape ``(..., d)`` -> whole numbers, ``(..., variables)``, and back.
    """

    event_ndim = 1

    def __init__(self, over: OneHots, codes: Callable[[Any], Any], embed: Callable[[Any], Any]) -> None:
        self.over, self.codes, self.embed = over, codes, embed

    @property
    def batch_shape(self) -> tuple[int, ...]:
        """The shape of the batch: () for a single distribution."""
        return self.over.batch_shape

    @property
    def mean(self) -> Any:
        """The expected z: the embeddings of all codes, weighted by their probabilities."""
        every = np.repeat(np.arange(self.over.classes)[:, None], self.over.variables, axis=1)
        vectors = self.embed(ops.convert_to_tensor(every))  # (classes, d)
        shares = self.over.split(self.over.mean)
        of_elements = ops.repeat(shares, vectors.shape[-1] // self.over.variables, axis=-2)
        return ops.sum(of_elements * ops.transpose(vectors), axis=-1)

    def sample(self, samples: int, seed: Any) -> Any:
        """Draw codes and return their z, shape ``(samples, *batch, d)``."""
        return self.embed(ops.argmax(self.over.split(self.over.sample(samples, seed)), axis=-1))

    def variable_terms(self, value: Any) -> Any:
        """Return the terms of log p(value) in nats, one for each code: ``(..., *batch, variables)``."""
        hot = ops.one_hot(self.codes(ops.stop_gradient(value)), self.over.classes, dtype=value.dtype)
        return self.over.variable_terms(self.over.join(hot))

    def log_prob(self, value: Any) -> Any:
        """Return log p(value) in nats, shape ``(..., *batch)``."""
        return ops.sum(self.variable_terms(value), axis=-1)
