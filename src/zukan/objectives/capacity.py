"""The ELBO with a KL that is held at a chosen number of nats."""

from __future__ import annotations

from typing import Any, ClassVar

from keras import ops

from zukan import checks, schedules
from zukan.objectives.base import ForwardPass, LossTerms, Objective, objectives


@objectives.register("capacity")
class Capacity(Objective):
    """loss = -E_q[log p(x|z)] + gamma * |KL(q(z|x) || p(z)) - nats|, in nats (arXiv:1804.03599).

    Parameters
    ----------
    nats : float or Schedule, default 25.0
        The KL to hold, constant or a function of the training step. The paper raises it from 0 to 25 over 100,000
        steps: ``{"name": "warmup", "steps": 100_000, "value": 25.0}``. It is logged as ``capacity``.
    gamma : float, default 1000.0
        Weight of the distance to it.
    """

    extras: ClassVar[tuple[str, ...]] = ("capacity",)
    numbers: ClassVar[tuple[str, ...]] = ("gamma",)

    def __init__(self, nats: Any = 25.0, gamma: float = 1000.0) -> None:
        self.nats = nats
        self.schedule = schedules.make("nats", nats)
        self.gamma = checks.number("gamma", gamma, minimum=0.0)

    def __call__(self, forward: ForwardPass) -> LossTerms:
        """Return the terms of a pass."""
        nats = self.schedule(forward.context.step)
        loss = forward.reconstruction + self.number("gamma") * ops.abs(forward.kl - nats)
        return LossTerms(loss, forward.reconstruction, forward.kl, {"capacity": nats})

    def formula(self) -> str:
        """Return the loss in words and numbers."""
        constant = self.schedule.value if isinstance(self.schedule, schedules.Constant) else None
        nats = "C(step)" if constant is None else f"{constant:g}"
        schedule = f", C(step) = {self.schedule!r}" if constant is None else ""
        return f"loss = −E_q[log p(x|z)] + {self.gamma:g} · |KL(q(z|x) ‖ p(z)) − {nats}|{schedule}"
