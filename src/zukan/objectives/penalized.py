"""What objectives share that add a penalty to reconstruction and KL."""

from __future__ import annotations

from typing import Any, ClassVar

from keras import ops

from zukan import checks
from zukan.objectives.base import ForwardPass, LossTerms, Objective


class Penalized(Objective):
    """loss = likelihood · (−E_q[log p(x|z)]) + beta · KL(q(z|x) ‖ p(z)) + weight · penalty.

    Without a KL (beta = 0) the posterior needs no density.

    Attributes
    ----------
    weight, beta, likelihood : float
        A subclass that has them as arguments passes them to `weigh`.
    requires : tuple of str
        What the posterior must have, apart from the density that the KL needs; see `Objective.needs`.
    """

    numbers: ClassVar[tuple[str, ...]] = ("weight",)
    requires: ClassVar[tuple[str, ...]] = ()
    weight: float = 1.0
    beta: float = 1.0
    likelihood: float = 1.0

    def weigh(self, **weights: float) -> None:
        """Set weights, which are numbers of at least 0."""
        for name, value in weights.items():
            setattr(self, name, checks.number(name, value, minimum=0.0))

    @property
    def needs(self) -> tuple[str, ...]:  # type: ignore[override] # a ClassVar elsewhere
        """The posterior's density, if the KL counts, and what the penalty needs."""
        return (*(("density",) if self.beta else ()), *self.requires)

    def terms(self, forward: ForwardPass, penalty: Any, extra: dict[str, Any], added: Any = 0.0) -> LossTerms:
        """Return the terms with the weighted ``penalty``, and ``added`` as it is."""
        loss = self.number("weight") * penalty + added + ops.zeros_like(forward.z[0, :, 0])
        if self.likelihood:
            loss = loss + self.likelihood * forward.reconstruction
        beta = self.number("beta")
        if not isinstance(beta, float) or beta:  # while several values train together, it is a tensor
            loss = loss + beta * forward.kl
        return LossTerms(loss, forward.reconstruction, extra=extra)

    def written(self, penalty: str) -> str:
        """Return the loss as a line of text; ``penalty`` names what the weight multiplies."""
        parts = [(self.likelihood, "(−E_q[log p(x|z)])"), (self.beta, "KL(q(z|x) ‖ p(z))"), (self.weight, penalty)]
        return "loss = " + " + ".join(term if factor == 1.0 else f"{factor:g} · {term}" for factor, term in parts
                                      if factor)
