"""What an objective is: a forward pass -> loss terms."""

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
    """Everything one pass through the model produced.

    Attributes
    ----------
    x : tensor, shape (batch, *event_shape)
    q : Distribution
        q(z|x), batch shape ``(batch,)``.
    z : tensor, shape (samples, batch, latent_dim)
        Draws from ``q``.
    p_z : Distribution
        The prior.
    p_x : Distribution
        p(x|z), batch shape ``(samples, batch)``.
    """

    x: Any
    q: Distribution
    z: Any
    p_z: Distribution
    p_x: Distribution

    @cached_property
    def log_p_x(self) -> Any:
        """Log-likelihood, log p(x|z), in nats, shape ``(samples, batch)``."""
        return self.p_x.log_prob(self.x)

    @cached_property
    def kl_terms(self) -> Any:
        """KL(q || p) in nats by term, shape ``(batch, terms)``."""
        return kl_terms(self.q, self.p_z, self.z)

    @cached_property
    def reconstruction(self) -> Any:
        """Minus E_q log p(x|z) over the draws, in nats, shape ``(batch,)``."""
        return -ops.mean(self.log_p_x, axis=0)

    @property
    def reconstruction_terms(self) -> Any:
        """What each element of the event adds to `reconstruction`, in nats, shape ``(batch, *event_shape)``."""
        return -ops.mean(self.p_x.log_prob_terms(self.x), axis=0)

    @cached_property
    def kl(self) -> Any:
        """KL(q || p) in nats, shape ``(batch,)``."""
        return ops.sum(self.kl_terms, axis=-1)

    @property
    def elbo(self) -> Any:
        """The evidence lower bound in nats, never weighted, shape ``(batch,)``."""
        return -(self.reconstruction + self.kl)

    @cached_property
    def log_weights(self) -> Any:
        """Log-weights, log p(x|z) + log p(z) - log q(z|x), in nats, shape ``(samples, batch)``."""
        return self.log_p_x + self.p_z.log_prob(self.z) - self.q.log_prob(self.z)


@dataclass(frozen=True)
class LossTerms:
    """What is minimised and what it is made of, in nats per example, each of shape ``(batch,)``.

    ``extra`` holds what else an objective logs, by the names in its ``extras``: scalars or shape ``(batch,)``.
    """

    loss: Any
    reconstruction: Any
    kl: Any
    extra: dict[str, Any] = field(default_factory=dict)


class Objective(Part, ABC):
    """Turns a forward pass into loss terms.

    Attributes
    ----------
    samples : int
        Draws of z per example that it wants.
    extras : tuple of str
        What it logs beside loss, reconstruction, kl and elbo.
    """

    samples: int = 1
    extras: ClassVar[tuple[str, ...]] = ("beta",)

    @abstractmethod
    def __call__(self, forward: ForwardPass, step: Any) -> LossTerms:
        """Return the terms at training step ``step`` (a float tensor)."""

    @abstractmethod
    def formula(self) -> str:
        """Return the loss per example as a line of text, with its numbers filled in."""


objectives = Registry("objective", Objective)
