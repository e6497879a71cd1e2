"""A second VAE as the prior of the first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from keras import layers, ops

from zukan import checks, distributions, numerics
from zukan.context import Context, Shapes
from zukan.priors.base import priors
from zukan.priors.standardized import Standardized


@priors.register("two-stage")
class TwoStage(Standardized):
    """p(z): a VAE of the codes, with u of the width of z, u from N(0, I), and p(z|u) normal (arXiv:1903.05789).

    It is fitted afterwards, by ``vae.fit_prior``, and serves to sample: of its density, only a bound is known. It
    learns more slowly than a flow; give it some hundred epochs.

    Parameters
    ----------
    units : sequence of int, default (256, 256)
        Widths of the hidden layers of its encoder and, in reverse order, of its decoder.
    """

    density: ClassVar[bool] = False

    def __init__(self, units: Sequence[int] = (256, 256)) -> None:
        super().__init__()
        for width in units:
            checks.integer("units", width)
        self.units = units

    def build(self, shapes: Shapes) -> None:
        """Create encoder, decoder, and the log-variance of p(z|u)."""
        d, condition_dim = shapes.latent_dim, shapes.condition_dim
        self.encoder = _dense([d + condition_dim, *self.units, 2 * d])
        self.decoder = _dense([d + condition_dim, *self.units[::-1], d])
        self.log_var = self.add_weight(shape=(), initializer="zeros", name="log_var")
        super().build(shapes)
        self.trainable = False  # `zukan.VAE.fit_prior` alone trains it

    def cost(self, z: Any, context: Context) -> Any:
        """Return minus the ELBO of codes z in nats, shape ``(batch,)``."""
        features = _through(self.encoder, self.to_codes.inverse(z)[0], context)
        mean, log_var = ops.split(features, 2, axis=-1)
        q = distributions.Normal(mean, numerics.bounded_log_var(log_var))
        u = q.sample(1, context.draws)
        kl = ops.sum(distributions.kl_terms(q, self.standard_normal(context), u), axis=-1)
        return kl - self._decode(u, context).log_prob(z)[0]

    def distribution(self, context: Context) -> distributions.Generated:
        """Return p(z), of which only draws are known."""
        return distributions.Generated(self.standard_normal(context), lambda u: self._decode(u, context))

    def _decode(self, u: Any, context: Context) -> distributions.Normal:
        """Return p(z|u)."""
        mean, _ = self.to_codes.forward(_through(self.decoder, u, context))
        return distributions.Normal(mean, numerics.bounded_log_var(self.log_var.value) + 2.0 * self.log_scale.value)


def _dense(widths: Sequence[int]) -> list[layers.Dense]:
    """Return dense layers, built, from ``widths[0]`` to ``widths[-1]``."""
    dense = [layers.Dense(width, activation=None if i == len(widths) - 1 else "silu")
             for i, width in enumerate(widths) if i]
    for layer, width in zip(dense, widths, strict=False):
        layer.build((None, width))
    return dense


def _through(dense: list[layers.Dense], value: Any, context: Context) -> Any:
    """Apply the layers to the last axis of ``value``, after appending the condition if there is one."""
    if context.condition is not None:
        rows = ops.broadcast_to(context.condition, (*ops.shape(value)[:-1], context.condition.shape[-1]))
        value = ops.concatenate([value, rows], axis=-1)
    for layer in dense:
        value = layer(value)
    return value
