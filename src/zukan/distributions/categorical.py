"""Categorical variables as one-hot vectors, and their relaxation."""

from __future__ import annotations

import math
from abc import abstractmethod
from typing import Any

from keras import ops

from zukan import numerics
from zukan.distributions.base import Distribution


class OneHots(Distribution):
    """A distribution over several categorical variables, as one-hot vectors side by side in one flat vector.

    Attributes
    ----------
    variables, classes : int
        The event shape is ``(variables * classes,)``.
    """

    event_ndim = 1
    variables: int
    classes: int

    @property
    def event_shape(self) -> tuple[int, ...]:
        """The shape of one event, ``(variables * classes,)``."""
        return (self.variables * self.classes,)

    @abstractmethod
    def variable_terms(self, value: Any) -> Any:
        """Return the terms of log p(value) in nats, one for each variable: ``(..., *batch, variables)``.

        They are linear in each one-hot vector, so values between one-hot vectors have gradients.
        """

    def log_prob(self, value: Any) -> Any:
        """Return log p(value) in nats, shape ``(..., *batch)``."""
        return ops.sum(self.variable_terms(value), axis=-1)

    def split(self, value: Any) -> Any:
        """Return ``value`` with one axis for the variables and one for the classes."""
        return ops.reshape(value, (*numerics.sizes(value)[:-1], self.variables, self.classes))

    def join(self, value: Any) -> Any:
        """Return the flat vector of ``(..., variables, classes)``."""
        return ops.reshape(value, (*numerics.sizes(value)[:-2], *self.event_shape))

    def hot(self, scores: Any) -> Any:
        """Return the one-hot vectors of the largest scores."""
        return ops.one_hot(ops.argmax(scores, axis=-1), self.classes, dtype=scores.dtype)


class Categorical(OneHots):
    """Independent categorical variables, as one-hot vectors in one flat vector, in nats.

    Parameters
    ----------
    logits : tensor, shape (*batch, variables, classes)
        Unnormalized log-probabilities.
    """

    def __init__(self, logits: Any) -> None:
        self.log_p = ops.log_softmax(logits, axis=-1)
        self.variables, self.classes = logits.shape[-2:]

    @property
    def mean(self) -> Any:
        """The probabilities, shape ``(*batch, variables * classes)``."""
        return self.join(ops.exp(self.log_p))

    def sample(self, samples: int, seed: Any) -> Any:
        """Draw one-hot vectors, shape ``(samples, *batch, variables * classes)``."""
        return self.join(self.hot(self._scores(samples, seed)))

    def variable_terms(self, value: Any) -> Any:
        """Return the log-probability of each variable in nats."""
        return ops.sum(self.split(value) * self.log_p, axis=-1)

    def _scores(self, samples: int, seed: Any) -> Any:
        """Return log-probabilities with Gumbel noise; the largest is a draw from the distribution."""
        return self.log_p + numerics.gumbel((samples, *ops.shape(self.log_p)), self.log_p.dtype, seed)


class RelaxedCategorical(Categorical):
    """The Gumbel-softmax or concrete distribution over the simplex (arXiv:1611.00712, arXiv:1611.01144).

    For each variable: log p(z) = log (k-1)! + (k-1) log t + sum_i (log p_i - (t+1) log z_i)
    - k log sum_i p_i z_i^(-t), with k classes and temperature t.

    Parameters
    ----------
    logits : tensor, shape (*batch, variables, classes)
    temperature : float or tensor of shape ()
        At 0 the draws would be one-hot vectors.
    """

    def __init__(self, logits: Any, temperature: Any) -> None:
        super().__init__(logits)
        self.temperature = temperature

    def sample(self, samples: int, seed: Any) -> Any:
        """Draw points of the simplex; they have a gradient with respect to the logits."""
        return self.join(ops.softmax(self._scores(samples, seed) / self.temperature, axis=-1))

    def variable_terms(self, value: Any) -> Any:
        """Return the log-density of each variable in nats. The values must lie inside the simplex."""
        log_z = ops.log(self.split(value))
        t, k = self.temperature, self.classes
        scores = self.log_p - t * log_z
        return (math.lgamma(k) + (k - 1) * ops.log(ops.cast(t, log_z.dtype)) + ops.sum(scores - log_z, axis=-1)
                - k * ops.logsumexp(scores, axis=-1))


class RelaxedDraws(RelaxedCategorical):
    """Categorical variables whose draws are relaxed: what a categorical posterior trains with.

    Densities and KL are those of the discrete variables: log q is linear in the draws.
    """

    def variable_terms(self, value: Any) -> Any:
        """Return the log-probability of each variable in nats."""
        return Categorical.variable_terms(self, value)
