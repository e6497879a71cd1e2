"""The evidence lower bound (ELBO), with a weight on the KL and free bits."""

from __future__ import annotations

from typing import Any

from keras import ops

from zukan import checks, schedules
from zukan.objectives.base import ForwardPass, LossTerms, Objective, objectives


@objectives.register("elbo")
class ELBO(Objective):
    """loss = -E_q[log p(x|z)] + beta * KL(q(z|x) || p(z)), in nats; minus the ELBO for beta = 1 (arXiv:1312.6114).

    Parameters
    ----------
    beta : float or Schedule, default 1.0
        Weight of the KL, constant or a function of the training step. Weights other than 1 give the beta-VAE
        (openreview Sy2fzU9gl).
    free_bits : float, default 0.0
        In nats per latent dimension (arXiv:1606.04934). If the KL of a dimension, averaged over the batch, is below
        this value, the loss counts this value instead, so it does not push that KL down further. If the KL does not
        split by dimension, the whole KL is compared with ``latent_dim * free_bits``.
    samples : int, default 1
        Number of samples of z for each example.
    """

    def __init__(self, beta: Any = 1.0, free_bits: float = 0.0, samples: int = 1) -> None:
        self.beta = beta
        self.schedule = schedules.make("beta", beta)
        self.free_bits = checks.number("free_bits", free_bits, minimum=0.0)
        self.samples = checks.integer("samples", samples)

    def __call__(self, forward: ForwardPass, step: Any) -> LossTerms:
        """Return the terms at ``step``. The logged KL is the true one, without free bits."""
        beta = self.schedule(step)
        loss = forward.reconstruction + beta * self._floored_kl(forward)
        return LossTerms(loss, forward.reconstruction, forward.kl, {"beta": beta})

    def _floored_kl(self, forward: ForwardPass) -> Any:
        """Return the KL with free bits in nats, shape ``(batch,)``."""
        # When several values train together, free_bits is a traced array, which has no truth value.
        if isinstance(self.free_bits, float) and not self.free_bits:
            return forward.kl
        terms = forward.kl_terms
        floor = self.free_bits * forward.z.shape[-1] / terms.shape[-1]
        above = ops.mean(terms, axis=0, keepdims=True) > floor
        return ops.sum(ops.where(above, terms, floor), axis=-1)

    def formula(self) -> str:
        """Return the loss of one example as a line of text."""
        constant = self.schedule.value if isinstance(self.schedule, schedules.Constant) else None
        beta = "β(step)" if constant is None else f"{constant:g}"
        schedule = f", β(step) = {self.schedule!r}" if constant is None else ""
        nats = f"{self.free_bits:g} nats"
        free = f"; a dimension whose KL is below {nats} counts as {nats}" if self.free_bits else ""
        return f"loss = −E_q[log p(x|z)] + {beta} · KL(q(z|x) ‖ p(z)){schedule}{free}"
