"""The importance-weighted bound with doubly reparameterized gradients."""

from __future__ import annotations

from typing import ClassVar

from keras import ops

from zukan import numerics
from zukan.objectives.base import ForwardPass, LossTerms, objectives
from zukan.objectives.iwae import IWAE


@objectives.register("dreg")
class DReG(IWAE):
    """The bound of `IWAE`, with gradients for the encoder whose signal does not vanish as k grows (arXiv:1810.04152).

    With the normalized weights v_k and the density q evaluated at fixed parameters, the encoder follows
    sum_k v_k² d log w_k / dz · dz / dφ, and decoder and prior follow sum_k v_k d log p(x, z_k) as in `IWAE`.

    Parameters
    ----------
    k : int, default 5
        Draws of z per example.
    """

    needs: ClassVar[tuple[str, ...]] = ("density", "evaluable")

    def __call__(self, forward: ForwardPass) -> LossTerms:
        """Return the bound over the pass's draws; its gradients are those of the estimator."""
        context, z, q = forward.context, forward.z, forward.fixed_q
        log_weights = ops.stop_gradient(forward.log_weights)
        weights = ops.exp(ops.log_softmax(log_weights, axis=0))  # softmax warns if k is 1
        with context.frozen("encoder", "decoder", "prior"):  # a VampPrior reads the encoder too
            path = context.log_joint(z) - q.log_prob(z)  # depends on the encoder through z alone
        surrogate = ops.sum(ops.square(weights) * path + weights * context.log_joint(ops.stop_gradient(z)), axis=0)
        bound = numerics.log_mean_exp(log_weights)
        loss = -(bound + surrogate - ops.stop_gradient(surrogate))
        return LossTerms(loss, forward.reconstruction, forward.kl, {"beta": ops.ones_like(context.step)})

    def formula(self) -> str:
        """Return the loss in words and numbers."""
        return f"{super().formula()}, with doubly reparameterized gradients"
