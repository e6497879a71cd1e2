"""The forward pass, the terms of the loss, and the base class of objectives with their registry."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar

from keras import ops

from zukan.distributions import Distribution, kl_terms
from zukan.registry import Part, Registry


@dataclass(frozen=True)
class ForwardPass:
    """The results of one forward pass through the model: q(z|x), samples of z, p(z) and p(x|z).

    Attributes
    ----------
    x : tensor, shape (batch, *event_shape)
        The data.
    q : Distribution
        The posterior q(z|x), batch shape ``(batch,)``, event shape ``(latent_dim,)``.
    z : tensor, shape (samples, batch, latent_dim)
        Samples from ``q``.
    p_z : Distribution
        The prior p(z), event shape ``(latent_dim,)``.
    p_x : Distribution
        The likelihood p(x|z), batch shape ``(samples, batch)``, event shape ``event_shape``.
    """

    x: Any
    q: Distribution
    z: Any
    p_z: Distribution
    p_x: Distribution

    @cached_property
    def log_p_x(self) -> Any:
        """The log-likelihood log p(x|z) in nats, shape ``(samples, batch)``."""
        return self.p_x.log_prob(self.x)

    @cached_property
    def kl_terms(self) -> Any:
        """The terms of KL(q(z|x) || p(z)) in nats, shape ``(batch, latent_dim)``, or ``(batch, 1)`` for an estimate."""
        return kl_terms(self.q, self.p_z, self.z)

    @cached_property
    def reconstruction(self) -> Any:
        """The reconstruction term -E_q[log p(x|z)], averaged over the samples, in nats, shape ``(batch,)``."""
        return -ops.mean(self.log_p_x, axis=0)

    @property
    def reconstruction_terms(self) -> Any:
        """The contribution of each element of x to `reconstruction`, in nats, shape ``(batch, *event_shape)``."""
        return -ops.mean(self.p_x.log_prob_terms(self.x), axis=0)

    @cached_property
    def kl(self) -> Any:
        """KL(q(z|x) || p(z)) in nats, shape ``(batch,)``."""
        return ops.sum(self.kl_terms, axis=-1)

    @property
    def elbo(self) -> Any:
        """The evidence lower bound E_q[log p(x|z)] - KL(q(z|x) || p(z)), unweighted, in nats, shape ``(batch,)``."""
        return -(self.reconstruction + self.kl)

    @cached_property
    def log_weights(self) -> Any:
        """The log importance weights log p(x|z) + log p(z) - log q(z|x) in nats, shape ``(samples, batch)``."""
        return self.log_p_x + self.p_z.log_prob(self.z) - self.q.log_prob(self.z)


@dataclass(frozen=True)
class LossTerms:
    """The loss and its terms, in nats per example.

    Attributes
    ----------
    loss : tensor, shape (batch,)
        What training minimizes, averaged over the batch.
    reconstruction : tensor, shape (batch,)
        -E_q[log p(x|z)].
    kl : tensor, shape (batch,)
        KL(q(z|x) || p(z)).
    extra : dict of tensor, shape () or (batch,)
        Other values to log, under the names in ``extras`` of the objective.
    """

    loss: Any
    reconstruction: Any
    kl: Any
    extra: dict[str, Any] = field(default_factory=dict)


class Objective(Part, ABC):
    """A function from a forward pass to the terms of the loss.

    Attributes
    ----------
    samples : int
        Number of samples of z for each example.
    extras : tuple of str
        Names of the values that are logged in addition to loss, reconstruction, kl and elbo.
    """

    samples: int = 1
    extras: ClassVar[tuple[str, ...]] = ("beta",)

    @abstractmethod
    def __call__(self, forward: ForwardPass, step: Any) -> LossTerms:
        """Return the terms at ``step``, a float tensor with the number of updates made so far."""

    @abstractmethod
    def formula(self) -> str:
        """Return the loss of one example as a line of text, with the values of the arguments filled in."""


objectives = Registry("objective", Objective)
