"""The evidence lower bound, with a weight on the KL and free bits."""

from __future__ import annotations

from typing import Any

from keras import ops

from zukan import checks, schedules
from zukan.objectives.base import ForwardPass, LossTerms, Objective, objectives


@objectives.register("elbo")
class ELBO(Objective):
    """Reconstruction + beta * KL; with ``beta=1`` it is minus the ELBO (arXiv:1312.6114).

    Parameters
    ----------
    beta : float or Schedule, default 1.0
        Weight of the KL (beta-VAE, openreview Sy2fzU9gl), constant or by step.
    free_bits : float, default 0.0
        Nats per latent dimension that cost nothing: a dimension whose KL, averaged over the batch, is below this
        counts as this much (arXiv:1606.04934). Where the KL does not split by dimension, the floor is on the whole.
    samples : int, default 1
        Draws of z per example.
    """

    def __init__(self, beta: Any = 1.0, free_bits: float = 0.0, samples: int = 1) -> None:
        self.beta = beta
        self.schedule = schedules.make("beta", beta)
        self.free_bits = checks.number("free_bits", free_bits, minimum=0.0)
        self.samples = checks.integer("samples", samples)

    def __call__(self, forward: ForwardPass, step: Any) -> LossTerms:
        """Return the terms at ``step``."""
        beta = self.schedule(step)
        loss = forward.reconstruction + beta * self._charged(forward)
        return LossTerms(loss, forward.reconstruction, forward.kl, {"beta": beta})

    def _charged(self, forward: ForwardPass) -> Any:
        """Return the KL that the loss counts, ``(batch,)``."""
        if isinstance(self.free_bits, float) and not self.free_bits:  # it is traced where several values train at once
            return forward.kl
        terms = forward.kl_terms
        floor = self.free_bits * forward.z.shape[-1] / terms.shape[-1]
        above = ops.mean(terms, axis=0, keepdims=True) > floor
        return ops.sum(ops.where(above, terms, floor), axis=-1)

    def formula(self) -> str:
        """Return the loss in words and numbers."""
        constant = self.schedule.value if isinstance(self.schedule, schedules.Constant) else None
        beta = "β(step)" if constant is None else f"{constant:g}"
        free = f", where a dimension's KL below {self.free_bits:g} nats counts as that" if self.free_bits else ""
        where = f", β(step) = {self.schedule!r}" if constant is None else ""
        return f"loss = −E_q[log p(x|z)] + {beta} · KL(q(z|x) ‖ p(z)){where}{free}"
