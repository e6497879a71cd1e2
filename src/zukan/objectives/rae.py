"""The regularized autoencoder."""

from __future__ import annotations

from typing import Any, ClassVar

import keras
from keras import ops

from zukan import checks, numerics
from zukan.objectives.base import ForwardPass, LossTerms, objectives
from zukan.objectives.penalized import Penalized


@objectives.register("rae")
class RAE(Penalized):
    """Reconstruction + weight · |z|² / 2, and a smooth decoder in place of noise; for "delta" (arXiv:1903.12436).

    Afterwards ``vae.fit_prior`` fits a distribution to the codes. With weight 1 the second term is −log N(z; 0, I) in
    nats, up to a constant. The other penalties are not in nats. The paper's third way, spectral normalization, is an
    option of networks.

    Parameters
    ----------
    weight : float, default 0.1
    decay : float, default 1e-4
        Weight of the sum of the decoder's squared weights (RAE-L2).
    gradient_penalty : float, default 0.0
        Weight of the squared norm of the Jacobian of the decoded mean with respect to z (RAE-GP), estimated along one
        random direction for each example.
    """

    extras: ClassVar[tuple[str, ...]] = ("code_norm", "decoder_norm", "gradient_norm")
    numbers: ClassVar[tuple[str, ...]] = ("weight", "decay")
    beta = 0.0

    def __init__(self, weight: float = 0.1, decay: float = 1e-4, gradient_penalty: float = 0.0) -> None:
        self.weigh(weight=weight)
        self.decay = checks.number("decay", decay, minimum=0.0)
        self.gradient_penalty = checks.number("gradient_penalty", gradient_penalty, minimum=0.0)

    def __call__(self, forward: ForwardPass) -> LossTerms:
        """Return the terms; a gradient that has no weight is not computed, and logged as 0."""
        norm = ops.mean(ops.sum(ops.square(forward.z), axis=-1), axis=0)
        decoder = sum(ops.sum(ops.square(ops.cast(weight.value, norm.dtype)))
                      for weight in forward.context.weights("decoder"))
        slope = self._slope(forward) if self.gradient_penalty else ops.zeros_like(norm)
        return self.terms(forward, 0.5 * norm, {"code_norm": norm, "decoder_norm": decoder, "gradient_norm": slope},
                          self.number("decay") * decoder + self.gradient_penalty * slope)

    def _slope(self, forward: ForwardPass) -> Any:
        """Return an unbiased estimate of the Jacobian's squared norm for each example: of the gradient of v · mean."""
        decode, output = forward.context.decode, forward.p_x.mean
        v = keras.random.normal(ops.shape(output), dtype=output.dtype, seed=forward.context.draws)
        gradient = numerics.gradient(lambda z: decode(z).mean * v, forward.z)
        return ops.mean(ops.sum(ops.square(gradient), axis=-1), axis=0)

    def formula(self) -> str:
        """Return the loss in words and numbers."""
        more = [(self.decay, "|decoder weights|²"), (self.gradient_penalty, "|∂ mean / ∂z|²")]
        return "".join([self.written("|z|² / 2"), *(f" + {factor:g} · {term}" for factor, term in more if factor)])
