"""The importance-weighted bound (IWAE), its relatives, and the estimators of its gradient."""

from __future__ import annotations

from typing import Any, ClassVar

from keras import ops

from zukan import checks, numerics
from zukan.objectives.base import ForwardPass, LossTerms, Objective, objectives

GRADIENTS = ("standard", "stl", "dreg")


@objectives.register("iwae")
class IWAE(Objective):
    """loss = -log (1/k) sum_i p(x, z_i) / q(z_i|x), with z_i from q(z|x), in nats (arXiv:1509.00519).

    For k = 1 it is minus the ELBO; for larger k it is minus a tighter bound on log p(x).

    Parameters
    ----------
    k : int, default 5
        Draws of z in one bound.
    m : int, default 1
        Number of such bounds, whose mean is minus the loss: MIWAE (arXiv:1802.04537). An example gets m · k draws.
    elbo_weight : float, default 0.0
        Between 0 and 1; the weight of the ELBO in a convex combination with that mean: CIWAE (arXiv:1802.04537).
    partial : bool, default False
        PIWAE (arXiv:1802.04537): decoder and prior are trained by one bound of all m · k draws, the encoder by the mean
        of m bounds. The value of the loss is the former's. Decoder and prior learn from both if the draws depend on
        them, as with the posteriors "hamiltonian" and "ladder".
    gradient : {"standard", "stl", "dreg"}, default "standard"
        How the encoder learns. All three have the same value. "stl" (sticking the landing, arXiv:1703.09194) leaves out
        the score of q(z|x): the gradient has no noise once q(z|x) is exact; it is unbiased for k = 1 alone. "dreg"
        (doubly reparameterized, arXiv:1810.04152) is unbiased, and its signal does not vanish as k grows: the
        normalized weights v of a bound count squared, sum_k v_k² d log w_k / dz · dz / dφ.
    """

    numbers: ClassVar[tuple[str, ...]] = ("elbo_weight",)

    def __init__(self, k: int = 5, m: int = 1, elbo_weight: float = 0.0, *, partial: bool = False,
                 gradient: str = "standard") -> None:
        self.k = checks.integer("k", k)
        self.m = checks.integer("m", m)
        self.elbo_weight = checks.number("elbo_weight", elbo_weight, minimum=0.0, maximum=1.0)
        self.partial = partial
        self.gradient = checks.choice("gradient", gradient, GRADIENTS)
        self.samples = k * m

    @property
    def needs(self) -> tuple[str, ...]:  # type: ignore[override] # a ClassVar elsewhere
        """The density of q(z|x), anywhere if its parameters are held fixed, and a gradient of the draws."""
        return ("density",) if self.gradient == "standard" else ("density", "evaluable", "reparameterized")

    def __call__(self, forward: ForwardPass) -> LossTerms:
        """Return the terms. The KL has no weight in this loss, so beta is logged as 1."""
        z = forward.z
        log_q = forward.log_q if self.gradient == "standard" else self._without_score(forward)
        log_weights = forward.log_p_x + forward.p_z.log_prob(z) - log_q
        bound = self._mix(log_weights, numerics.log_mean_exp(self._groups(log_weights, self._bounds), axis=1))
        if self.partial or self.gradient == "dreg":
            surrogate = self._surrogate(forward, log_q, ops.stop_gradient(log_weights))
            bound = ops.stop_gradient(bound - surrogate) + surrogate
        return LossTerms(-bound, forward.reconstruction, forward.kl, {"beta": ops.ones_like(forward.context.step)})

    @staticmethod
    def _without_score(forward: ForwardPass) -> Any:
        """Return log q(z|x) as a function of z alone: a flow reads its weights here, and a ladder the prior's."""
        with forward.context.frozen("encoder", "prior"):
            return forward.fixed_q.log_prob(forward.z)

    @property
    def _bounds(self) -> int:
        """Number of bounds whose mean trains decoder and prior."""
        return 1 if self.partial else self.m

    def _groups(self, values: Any, bounds: int) -> Any:
        """Return ``values``, shape (samples, batch), as (bounds, samples / bounds, batch)."""
        return ops.reshape(values, (bounds, self.samples // bounds, -1))

    def _mix(self, of_elbo: Any, of_bounds: Any) -> Any:
        """Return elbo_weight · mean(of_elbo) + (1 − elbo_weight) · mean(of_bounds), shape (batch,)."""
        weight = self.number("elbo_weight")
        mean = ops.mean(of_bounds, axis=0)
        if isinstance(weight, float) and not weight:
            return mean
        return weight * ops.mean(of_elbo, axis=0) + (1.0 - weight) * mean

    def _surrogate(self, forward: ForwardPass, log_q: Any, log_weights: Any) -> Any:
        """Return a value whose gradient trains the encoder by its own estimator, apart from decoder and prior."""
        context, z = forward.context, forward.z
        with context.frozen("encoder", "decoder", "prior"):  # a VampPrior reads the encoder too
            path = context.log_joint(z) - log_q
        still = context.log_joint(ops.stop_gradient(z))
        power = 2 if self.gradient == "dreg" else 1

        def weighted(values: Any, bounds: int, power: int) -> Any:
            groups = self._groups(log_weights, bounds)
            share = ops.exp(power * ops.log_softmax(groups, axis=1))  # softmax warns if k is 1
            return self._mix(values, ops.sum(share * self._groups(values, bounds), axis=1))

        return weighted(path, self.m, power) + weighted(still, self._bounds, 1)

    def formula(self) -> str:
        """Return the loss of one example as a line of text."""
        one = f"log (1/{self.k}) Σₖ p(x, zₖ) / q(zₖ|x)"
        bound = one if self.m == 1 else f"(1/{self.m}) Σₘ {one}"
        if self.elbo_weight:
            bound = f"{self.elbo_weight:g} · ELBO + {1.0 - self.elbo_weight:g} · {bound}"
        partial = f"; decoder and prior learn from one bound of {self.samples} draws" if self.partial else ""
        estimator = {"standard": "", "stl": "; without the score of q", "dreg": "; doubly reparameterized gradients"}
        return f"loss = −({bound}), z from q(z|x){partial}{estimator[self.gradient]}"
