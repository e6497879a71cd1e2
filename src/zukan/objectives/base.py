"""The forward pass, the terms of the loss, and the base class of objectives with their registry."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar

import keras
from keras import ops

from zukan.context import Context, Shapes
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
    context : Context
        The pass: its step, random draws, and the functions of the model.
    known_log_q : tensor, shape (samples, batch), optional
        log q(z|x) of the samples, if ``q`` cannot evaluate it.
    fix_q : callable, optional
        () -> q(z|x) without gradients for its parameters.
    """

    x: Any
    q: Distribution
    z: Any
    p_z: Distribution
    p_x: Distribution
    context: Context = field(default_factory=Context)
    known_log_q: Any = None
    fix_q: Callable[[], Distribution] | None = None

    @cached_property
    def log_q(self) -> Any:
        """The log-density log q(z|x) of the samples in nats, shape ``(samples, batch)``."""
        return self.q.log_prob(self.z) if self.known_log_q is None else self.known_log_q

    @cached_property
    def fixed_q(self) -> Distribution:
        """q(z|x) without gradients for its parameters; samples of z still have theirs."""
        return self.q if self.fix_q is None else self.fix_q()

    @cached_property
    def log_p_x(self) -> Any:
        """The log-likelihood log p(x|z) in nats, shape ``(samples, batch)``."""
        return self.p_x.log_prob(self.x)

    @cached_property
    def kl_terms(self) -> Any:
        """The terms of KL(q(z|x) || p(z)) in nats, shape ``(batch, latent_dim)``, or ``(batch, 1)`` for an estimate."""
        return kl_terms(self.q, self.p_z, self.z, self.known_log_q)

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

    @property
    def output(self) -> Any:
        """The mean of p(x|z) at the first sample, shape ``(batch, *event_shape)``; 0 for a missing value, as in x."""
        mean, observed = self.p_x.mean[0], self.context.observed
        return mean if observed is None else ops.where(observed, mean, ops.zeros_like(mean))

    def prior_draws(self) -> Any:
        """Return a new draw from p(z) for each example, shape ``(batch, latent_dim)``."""
        if self.p_z.batch_shape:  # it depends on the condition
            return self.p_z.sample(1, self.context.draws)[0]
        return self.p_z.sample(ops.shape(self.z)[1], self.context.draws)

    @cached_property
    def log_weights(self) -> Any:
        """The log importance weights log p(x|z) + log p(z) - log q(z|x) in nats, shape ``(samples, batch)``."""
        return self.log_p_x + self.p_z.log_prob(self.z) - self.log_q


@dataclass(frozen=True)
class LossTerms:
    """The loss and its terms, in nats per example.

    Attributes
    ----------
    loss : tensor, shape (batch,)
        What training minimizes, averaged over the batch.
    reconstruction : tensor, shape (batch,)
        -E_q[log p(x|z)].
    kl : tensor, shape (batch,), or None
        KL(q(z|x) || p(z)); None if the posterior has no density.
    extra : dict of tensor, shape () or (batch,)
        Other values to log, under the names in ``extras`` of the objective.
    """

    loss: Any
    reconstruction: Any
    kl: Any = None
    extra: dict[str, Any] = field(default_factory=dict)


class Objective(Part, ABC):
    """A function from a forward pass to the terms of the loss.

    Attributes
    ----------
    samples : int
        Number of samples of z for each example.
    extras : tuple of str
        Names of the values that are logged in addition to loss, reconstruction, kl and elbo.
    needs : tuple of str
        What the posterior must have: "density"; "evaluable", its density at any z; "reparameterized", a gradient of
        its draws; "real", a z of real numbers; "independent" dimensions. And what x must have: "missing" values;
        "numbers", elements whose draws from p(x|z) have a gradient.
    """

    samples: int = 1
    extras: ClassVar[tuple[str, ...]] = ("beta",)
    needs: ClassVar[tuple[str, ...]] = ("density",)

    @abstractmethod
    def __call__(self, forward: ForwardPass) -> LossTerms:
        """Return the terms of a pass."""

    def importance(self, forward: ForwardPass) -> tuple[Any, Any]:
        """Return the weights by which draws stand for the posterior given the data, such as for imputation.

        Returns
        -------
        tensor, shape (samples, batch)
            The log importance weights in nats; by default those of `ForwardPass.log_weights`.
        tensor, shape (samples, batch, *event_shape), or None
            Draws from p(x|z), if the weights depend on them: then they hold for pairs of z and x. By default None.
        """
        return forward.log_weights, None

    def check(self, shapes: Shapes) -> None:
        """Raise `zukan.InputError` if events or codes of these shapes do not fit; by default, any do."""

    @abstractmethod
    def formula(self) -> str:
        """Return the loss of one example as a line of text, with the values of the arguments filled in."""


class LearnedObjective(Objective, keras.Layer):
    """An objective with weights of its own, such as a discriminator's, which it creates in ``build(shapes)``.

    `zukan.optimizers.Adversarial` trains them with an optimizer of their own.
    """

    def __init__(self) -> None:
        keras.Layer.__init__(self)

    @abstractmethod
    def build(self, shapes: Shapes) -> None:
        """Create the weights."""
        keras.Layer.build(self, shapes)


objectives = Registry("objective", Objective)
