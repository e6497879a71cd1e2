"""The adversarial autoencoder."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from keras import ops

from zukan.context import Shapes
from zukan.objectives.adversary import check_units, discriminator, taken_for_real, told_apart
from zukan.objectives.base import ForwardPass, LearnedObjective, LossTerms, objectives
from zukan.objectives.penalized import Penalized


@objectives.register("aae")
class AAE(Penalized, LearnedObjective):
    """Reconstruction + weight · (−log D(z)): the encoder makes codes that pass for the prior's (arXiv:1511.05644).

    A discriminator D tells codes from draws from p(z), and is trained by its own loss, ``adversary``, at the same step.
    It works with posteriors without a density. The prior is not trained. All terms are in nats, but the loss is not a
    bound.

    Parameters
    ----------
    weight : float, default 10.0
    units : sequence of int, default (256, 256)
        Widths of the discriminator's dense layers.
    """

    extras: ClassVar[tuple[str, ...]] = ("fooling", "adversary")
    requires: ClassVar[tuple[str, ...]] = ("reparameterized",)
    beta = 0.0

    def __init__(self, weight: float = 10.0, units: Sequence[int] = (256, 256)) -> None:
        super().__init__()
        self.weigh(weight=weight)
        self.units = check_units(units)

    def build(self, shapes: Shapes) -> None:
        """Create the discriminator."""
        self.discriminator = discriminator(shapes.latent_dim, self.units)
        super().build(shapes)

    def __call__(self, forward: ForwardPass) -> LossTerms:
        """Return the terms; neither encoder nor prior trains the discriminator, nor it them."""
        z = forward.z[0]
        with forward.context.frozen("objective"):
            fooling = taken_for_real(self.discriminator(z)[:, 0])
        real, codes = (ops.stop_gradient(each) for each in (forward.prior_draws(), z))
        adversary = told_apart(self.discriminator(real)[:, 0], self.discriminator(codes)[:, 0])
        return self.terms(forward, fooling, {"fooling": fooling, "adversary": adversary}, adversary)

    def formula(self) -> str:
        """Return the loss in words and numbers."""
        return f"{self.written('(−log D(z))')}, D tells draws from p(z) from z"
