"""DIP-VAE: a covariance of the average code close to the identity."""

from __future__ import annotations

from typing import Any, ClassVar

from keras import ops

from zukan import checks
from zukan.distributions import Normal
from zukan.objectives.base import ForwardPass, LossTerms, Objective, objectives


@objectives.register("dip")
class DIP(Objective):
    """−ELBO + off_diagonal · sum_ij Cov_ij² (i ≠ j) + diagonal · sum_i (Cov_ii − 1)² (arXiv:1711.00848).

    The penalties are not in nats. Their weighted sum is logged as ``covariance_penalty``.

    Parameters
    ----------
    kind : {"I", "II"}, default "II"
        Of what the covariance is, over the batch: of the posterior means (DIP-VAE-I), or of z (DIP-VAE-II). The latter
        adds the mean variance of q(z|x). For any posterior but a diagonal normal, it is the covariance of the draws.
    off_diagonal : float, default 10.0
    diagonal : float, default 10.0
        The paper uses 10 times ``off_diagonal`` for I, and the same value for II.
    """

    extras: ClassVar[tuple[str, ...]] = ("covariance_penalty",)
    needs: ClassVar[tuple[str, ...]] = ("density", "real")
    numbers: ClassVar[tuple[str, ...]] = ("off_diagonal", "diagonal")

    def __init__(self, kind: str = "II", off_diagonal: float = 10.0, diagonal: float = 10.0) -> None:
        self.kind = checks.choice("kind", kind, ("I", "II"))
        self.off_diagonal = checks.number("off_diagonal", off_diagonal, minimum=0.0)
        self.diagonal = checks.number("diagonal", diagonal, minimum=0.0)

    def __call__(self, forward: ForwardPass) -> LossTerms:
        """Return the terms."""
        covariance = self._covariance(forward)
        eye = ops.eye(forward.z.shape[-1], dtype=covariance.dtype)
        penalty = (self.number("off_diagonal") * ops.sum(ops.square(covariance * (1.0 - eye)))
                   + self.number("diagonal") * ops.sum(ops.square(covariance * eye - eye)))
        return LossTerms(forward.reconstruction + forward.kl + penalty, forward.reconstruction, forward.kl,
                         {"covariance_penalty": penalty})

    def _covariance(self, forward: ForwardPass) -> Any:
        """Return the covariance over the batch, shape (latent_dim, latent_dim)."""
        q = forward.q
        codes = q.mean if self.kind == "I" or isinstance(q, Normal) else forward.z[0]
        away = codes - ops.mean(codes, axis=0)
        covariance = ops.matmul(ops.transpose(away), away) / ops.cast(ops.shape(away)[0], away.dtype)
        if self.kind == "II" and isinstance(q, Normal):
            covariance = covariance + ops.diag(ops.mean(ops.exp(q.log_var), axis=0))
        return covariance

    def formula(self) -> str:
        """Return the loss in words and numbers."""
        of = "the means of q(z|x)" if self.kind == "I" else "z"
        return (f"loss = −E_q[log p(x|z)] + KL(q(z|x) ‖ p(z)) + {self.off_diagonal:g} · Σᵢⱼ Cov² "
                f"+ {self.diagonal:g} · Σᵢ (Var − 1)², covariance of {of}")
