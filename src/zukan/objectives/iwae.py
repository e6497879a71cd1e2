"""The importance-weighted bound (IWAE)."""

from __future__ import annotations

from keras import ops

from zukan import checks, numerics
from zukan.objectives.base import ForwardPass, LossTerms, Objective, objectives


@objectives.register("iwae")
class IWAE(Objective):
    """loss = -log (1/k) sum_i p(x, z_i) / q(z_i|x), with z_i from q(z|x), in nats (arXiv:1509.00519).

    For k = 1 it is minus the ELBO; for larger k it is minus a tighter bound on log p(x).

    Parameters
    ----------
    k : int, default 5
        Number of samples of z for each example.
    """

    def __init__(self, k: int = 5) -> None:
        self.k = checks.integer("k", k)
        self.samples = k

    def __call__(self, forward: ForwardPass) -> LossTerms:
        """Return the terms. The KL has no weight in this loss, so beta is logged as 1."""
        loss = -numerics.log_mean_exp(forward.log_weights)
        return LossTerms(loss, forward.reconstruction, forward.kl, {"beta": ops.ones_like(forward.context.step)})

    def formula(self) -> str:
        """Return the loss of one example as a line of text."""
        return f"loss = −log (1/{self.k}) Σₖ p(x, zₖ) / q(zₖ|x), zₖ from q(z|x)"
