"""The importance-weighted bound."""

from __future__ import annotations

from typing import Any

from keras import ops

from zukan import checks, numerics
from zukan.objectives.base import ForwardPass, LossTerms, Objective, objectives


@objectives.register("iwae")
class IWAE(Objective):
    """Minus ``log mean_k p(x, z_k) / q(z_k|x)``: a tighter bound than the ELBO for ``k > 1`` (arXiv:1509.00519).

    Parameters
    ----------
    k : int, default 5
        Draws of z per example; with 1 the bound is the ELBO.
    """

    def __init__(self, k: int = 5) -> None:
        self.k = checks.integer("k", k)
        self.samples = k

    def __call__(self, forward: ForwardPass, step: Any) -> LossTerms:
        """Return the bound over the pass's draws; it carries no weight, so beta is logged as 1."""
        loss = -numerics.log_mean_exp(forward.log_weights)
        return LossTerms(loss, forward.reconstruction, forward.kl, {"beta": ops.ones_like(step)})

    def formula(self) -> str:
        """Return the loss in words and numbers."""
        return f"loss = −log (1/{self.k}) Σₖ p(x, zₖ) / q(zₖ|x), zₖ from q(z|x)"
