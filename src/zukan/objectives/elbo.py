"""The evidence lower bound (ELBO), with a weight on the KL and free bits."""

from __future__ import annotations

import math
from typing import Any, ClassVar

from keras import ops

from zukan import checks, schedules
from zukan.context import Piece
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
        In nats per latent variable (arXiv:1606.04934), which is a dimension or a categorical variable. If the KL of a
        variable, averaged over the batch, is below this value, the loss counts this value instead, so it does not push
        that KL down further. A categorical variable counts at most its largest possible KL. If the KL does not split by
        variable, the whole KL is compared with the sum of these values.
    samples : int, default 1
        Number of samples of z for each example.
    """

    numbers: ClassVar[tuple[str, ...]] = ("free_bits",)

    def __init__(self, beta: Any = 1.0, free_bits: float = 0.0, samples: int = 1) -> None:
        self.beta = beta
        self.schedule = schedules.make("beta", beta)
        self.free_bits = checks.number("free_bits", free_bits, minimum=0.0)
        self.samples = checks.integer("samples", samples)

    def __call__(self, forward: ForwardPass) -> LossTerms:
        """Return the terms of a pass. The logged KL is the true one, without free bits."""
        beta = self.schedule(forward.context.step)
        loss = forward.reconstruction + beta * self._floored_kl(forward)
        return LossTerms(loss, forward.reconstruction, forward.kl, {"beta": beta})

    def _floored_kl(self, forward: ForwardPass) -> Any:
        """Return the KL with free bits in nats, shape ``(batch,)``."""
        free_bits = self.number("free_bits")
        if isinstance(free_bits, float) and not free_bits:  # while several values train together, it is a tensor
            return forward.kl
        terms = forward.kl_terms
        floor = self._floor(free_bits, forward.context.layout or (Piece("real", forward.z.shape[-1]),), terms.shape[-1])
        above = ops.mean(terms, axis=0, keepdims=True) > floor
        return ops.sum(ops.where(above, terms, floor), axis=-1)

    @staticmethod
    def _floor(free_bits: Any, layout: tuple[Piece, ...], terms: int) -> Any:
        """Return the floor of each of the ``terms`` that the KL splits into, in nats."""
        capacities = [piece.capacity for piece in layout for _ in range(piece.groups)]
        if not any(map(math.isfinite, capacities)):
            return free_bits * len(capacities) / terms
        floors = ops.minimum(free_bits, ops.convert_to_tensor(capacities, "float32"))
        return floors if terms == len(capacities) else ops.sum(floors) / terms

    def formula(self) -> str:
        """Return the loss of one example as a line of text."""
        constant = self.schedule.value if isinstance(self.schedule, schedules.Constant) else None
        beta = "β(step)" if constant is None else f"{constant:g}"
        schedule = f", β(step) = {self.schedule!r}" if constant is None else ""
        nats = f"{self.free_bits:g} nats"
        free = f"; per latent variable, a KL below {nats}, averaged over the batch, counts as {nats}"
        free = free if self.free_bits else ""
        return f"loss = −E_q[log p(x|z)] + {beta} · KL(q(z|x) ‖ p(z)){schedule}{free}"
