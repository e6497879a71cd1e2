"""β-TC-VAE: the KL of the average code in three terms, with a weight for each."""

from __future__ import annotations

from typing import Any, ClassVar

from keras import ops

from zukan import checks
from zukan.distributions import Distribution
from zukan.objectives.base import ForwardPass, LossTerms, Objective, objectives

SAMPLINGS = ("stratified", "weighted")


@objectives.register("beta-tc")
class BetaTC(Objective):
    """Reconstruction + alpha · MI(x, z) + beta · TC(z) + gamma · sum_j KL(q(z_j) || p(z_j)) (arXiv:1802.04942).

    With all weights 1 the sum is the KL, on average, so the loss is computed as minus the ELBO plus (weight − 1) times
    each term. The terms are in nats, and are logged as ``mutual_information``, ``total_correlation`` and
    ``dimension_kl``. They need q(z), the posterior averaged over the training set, which is estimated from a batch. So
    they depend on the batch size, and are not bounds.

    Parameters
    ----------
    beta : float, default 6.0
        Weight of the total correlation KL(q(z) || prod_j q(z_j)).
    alpha : float, default 1.0
        Weight of the mutual information of x and z.
    gamma : float, default 1.0
        Weight of the KL of each dimension to the prior.
    sampling : {"stratified", "weighted"}, default "stratified"
        "stratified" gives the example that z comes from its true weight 1/N and shares the rest among the others, so
        that the estimate of q(z), though not of its logarithm, is unbiased. The paper gives one of the others a smaller
        share; here all have the average of that over the choice of the one. "weighted", which the paper's experiments
        use, divides the sum over the batch by batch size and N. It is simple, but the total correlation is then too
        large by up to (latent_dim − 1) · log N.
    """

    extras: ClassVar[tuple[str, ...]] = ("mutual_information", "total_correlation", "dimension_kl")
    needs: ClassVar[tuple[str, ...]] = ("density", "evaluable", "real", "independent")
    numbers: ClassVar[tuple[str, ...]] = ("beta", "alpha", "gamma")

    def __init__(self, beta: float = 6.0, alpha: float = 1.0, gamma: float = 1.0, sampling: str = "stratified") -> None:
        self.beta = checks.number("beta", beta, minimum=0.0)
        self.alpha = checks.number("alpha", alpha, minimum=0.0)
        self.gamma = checks.number("gamma", gamma, minimum=0.0)
        self.sampling = checks.choice("sampling", sampling, SAMPLINGS)

    def __call__(self, forward: ForwardPass) -> LossTerms:
        """Return the terms."""
        q, z = forward.q, forward.z[0]
        if type(q).log_prob_terms is Distribution.log_prob_terms:
            raise checks.InputError(f"objective BetaTC needs a q(z|x) with independent dimensions, got "
                                    f"{type(q).__name__}; use posterior='normal', or objective='factor'")
        pairs = q.log_prob_terms(z[:, None, :])  # of code i under the posterior of example j: (i, j, dimension)
        log_share = self._log_share(forward, z)
        log_average = ops.logsumexp(log_share + ops.sum(pairs, axis=2), axis=1)
        log_product = ops.sum(ops.logsumexp(log_share[:, :, None] + pairs, axis=1), axis=1)
        extra = {"mutual_information": forward.log_q[0] - log_average, "total_correlation": log_average - log_product,
                 "dimension_kl": log_product - forward.p_z.log_prob(z)}
        loss = forward.reconstruction + forward.kl
        for weight, term in zip(("alpha", "beta", "gamma"), extra.values(), strict=True):
            loss = loss + (self.number(weight) - 1.0) * term
        return LossTerms(loss, forward.reconstruction, forward.kl, extra)

    def _log_share(self, forward: ForwardPass, z: Any) -> Any:
        """Return the logarithm of the weight of example j in the estimate of q(z_i), shape (batch, batch)."""
        same = ops.equal(ops.arange(ops.shape(z)[0])[:, None], ops.arange(ops.shape(z)[0]))
        n = ops.cast(ops.shape(z)[0], z.dtype)
        total = ops.maximum(ops.cast(forward.context.examples, z.dtype), n)  # not counted for a user's generator
        if self.sampling == "weighted":
            return ops.where(same, -ops.log(n * total), -ops.log(n * total))
        others = (total - 1.0) / (total * ops.maximum(n - 1.0, 1.0))
        return ops.where(same, -ops.log(total), ops.log(ops.maximum(others, 1e-30)))

    def formula(self) -> str:
        """Return the loss in words and numbers."""
        return (f"loss = −E_q[log p(x|z)] + {self.alpha:g} · MI(x, z) + {self.beta:g} · TC(z) "
                f"+ {self.gamma:g} · Σⱼ KL(q(zⱼ) ‖ p(zⱼ)), {self.sampling} minibatch estimates")
