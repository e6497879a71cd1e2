"""The sliced Wasserstein autoencoder."""

from __future__ import annotations

from typing import ClassVar

from zukan import checks
from zukan.objectives.base import ForwardPass, LossTerms, objectives
from zukan.objectives.discrepancy import sliced_wasserstein
from zukan.objectives.penalized import Penalized


@objectives.register("sliced")
class Sliced(Penalized):
    """Reconstruction + beta · KL + weight · the sliced Wasserstein distance of q(z) and p(z) (arXiv:1804.01947).

    Codes of a batch and as many draws from the prior are projected to random directions, where sorting gives the
    squared 2-Wasserstein distance. It has the units of z squared, so the loss is not in nats.

    Parameters
    ----------
    weight : float, default 10.0
    beta : float, default 0.0
        Weight of the KL. With 0, the posterior needs no density.
    slices : int, default 50
        Number of directions, drawn anew at every step.
    """

    extras: ClassVar[tuple[str, ...]] = ("sliced_wasserstein",)
    numbers: ClassVar[tuple[str, ...]] = ("weight", "beta")
    requires: ClassVar[tuple[str, ...]] = ("reparameterized",)

    def __init__(self, weight: float = 10.0, beta: float = 0.0, slices: int = 50) -> None:
        self.weigh(weight=weight, beta=beta)
        self.slices = checks.integer("slices", slices)

    def __call__(self, forward: ForwardPass) -> LossTerms:
        """Return the terms."""
        distance = sliced_wasserstein(forward.z[0], forward.prior_draws(), self.slices, forward.context.draws)
        return self.terms(forward, distance, {"sliced_wasserstein": distance})

    def formula(self) -> str:
        """Return the loss in words and numbers."""
        return self.written(f"SW₂²(q(z), p(z)) along {self.slices} directions")
