"""InfoVAE and WAE: the maximum mean discrepancy between the codes of a batch and the prior."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from zukan import checks
from zukan.objectives.base import ForwardPass, LossTerms, objectives
from zukan.objectives.discrepancy import KERNELS, mmd
from zukan.objectives.penalized import Penalized


@objectives.register("mmd")
class MMD(Penalized):
    """Reconstruction + beta · KL + weight · MMD(q(z), p(z)): WAE-MMD (arXiv:1711.01558), InfoVAE (arXiv:1706.02262).

    q(z) is the posterior averaged over the data; a batch of codes stands for it, as many draws for the prior. The
    discrepancy has no units, so the loss is not in nats. InfoVAE with its α and λ is ``beta=1 − α`` and
    ``weight=α + λ − 1``. The estimate is unbiased, so it can be negative.

    Parameters
    ----------
    weight : float, default 100.0
    beta : float, default 0.0
        Weight of the KL. With 0 it is the Wasserstein autoencoder, which accepts posteriors without a density.
    kernel : {"imq", "rbf"}, default "imq"
        Inverse multiquadrics c / (c + |z − z'|²), or exp(−|z − z'|² / c).
    scales : sequence of float, default (0.1, 0.2, 0.5, 1, 2, 5, 10)
        The kernel is a sum over c = 2 · latent_dim · scale. Scale 1 is the mean squared distance of draws from N(0, I).
    """

    extras: ClassVar[tuple[str, ...]] = ("mmd",)
    numbers: ClassVar[tuple[str, ...]] = ("weight", "beta")
    requires: ClassVar[tuple[str, ...]] = ("reparameterized",)

    def __init__(self, weight: float = 100.0, beta: float = 0.0, kernel: str = "imq",
                 scales: Sequence[float] = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)) -> None:
        self.weigh(weight=weight, beta=beta)
        self.kernel = checks.choice("kernel", kernel, KERNELS)
        for scale in scales:
            checks.number("scales", scale, above=0.0)
        self.scales = scales

    def __call__(self, forward: ForwardPass) -> LossTerms:
        """Return the terms."""
        z = forward.z[0]
        discrepancy = mmd(z, forward.prior_draws(), self.kernel, [2.0 * z.shape[-1] * scale for scale in self.scales])
        return self.terms(forward, discrepancy, {"mmd": discrepancy})

    def formula(self) -> str:
        """Return the loss in words and numbers."""
        return self.written("MMD(q(z), p(z))")
