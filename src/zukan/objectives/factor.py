"""FactorVAE: a discriminator estimates the total correlation of q(z)."""

from __future__ import annotations

from typing import ClassVar

import keras
from keras import ops

from zukan import checks
from zukan.context import Shapes
from zukan.objectives.adversary import check_units, discriminator, told_apart
from zukan.objectives.base import ForwardPass, LearnedObjective, LossTerms, objectives


@objectives.register("factor")
class Factor(LearnedObjective):
    """−ELBO + gamma · TC(z), the total correlation KL(q(z) || prod_j q(z_j)) by a density ratio (arXiv:1802.05983).

    A discriminator tells codes from codes whose dimensions are shuffled over the batch. Its logit estimates the total
    correlation for the encoder. It is trained by its own loss, ``adversary``, at the same step.

    Parameters
    ----------
    gamma : float, default 10.0
        Weight of the total correlation.
    units : sequence of int, default (256, 256)
        Widths of the discriminator's dense layers.
    """

    extras: ClassVar[tuple[str, ...]] = ("beta", "total_correlation", "adversary")
    needs: ClassVar[tuple[str, ...]] = ("density", "reparameterized", "real")
    numbers: ClassVar[tuple[str, ...]] = ("gamma",)

    def __init__(self, gamma: float = 10.0, units: tuple[int, ...] = (256, 256)) -> None:
        super().__init__()
        self.gamma = checks.number("gamma", gamma, minimum=0.0)
        self.units = check_units(units)

    def build(self, shapes: Shapes) -> None:
        """Create the discriminator."""
        self.discriminator = discriminator(shapes.latent_dim, self.units)
        super().build(shapes)

    def __call__(self, forward: ForwardPass) -> LossTerms:
        """Return the terms; the encoder does not train the discriminator, nor the discriminator the encoder."""
        z, context = forward.z[0], forward.context
        with context.frozen("objective"):
            total_correlation = self.discriminator(z)[:, 0]
        codes = ops.stop_gradient(z)
        order = ops.argsort(keras.random.uniform(ops.shape(codes), seed=context.draws), axis=0)
        shuffled = ops.take_along_axis(codes, order, axis=0)
        adversary = told_apart(self.discriminator(codes)[:, 0], self.discriminator(shuffled)[:, 0])
        loss = forward.reconstruction + forward.kl + self.number("gamma") * total_correlation + adversary
        return LossTerms(loss, forward.reconstruction, forward.kl,
                         {"beta": ops.ones_like(context.step), "total_correlation": total_correlation,
                          "adversary": adversary})

    def formula(self) -> str:
        """Return the loss in words and numbers."""
        return f"loss = −E_q[log p(x|z)] + KL(q(z|x) ‖ p(z)) + {self.gamma:g} · TC(q(z)) by a discriminator"
