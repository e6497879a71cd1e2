"""The reconstruction alone: a plain autoencoder."""

from __future__ import annotations

from typing import ClassVar

from zukan.objectives.base import ForwardPass, LossTerms, Objective, objectives


@objectives.register("reconstruction")
class Reconstruction(Objective):
    """Minus log p(x|z): with the posterior "delta" a plain autoencoder. The prior plays no role."""

    extras: ClassVar[tuple[str, ...]] = ()
    needs: ClassVar[tuple[str, ...]] = ()

    def __call__(self, forward: ForwardPass) -> LossTerms:
        """Return the terms."""
        return LossTerms(forward.reconstruction, forward.reconstruction)

    def formula(self) -> str:
        """Return the loss in words."""
        return "loss = −E_q[log p(x|z)]"
