"""The posterior of lookup-free quantization."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from keras import ops

from zukan import checks, numerics
from zukan.context import Context
from zukan.posteriors.base import posteriors
from zukan.posteriors.quantized import Quantizing, straight_through


@posteriors.register("lfq")
class LFQ(Quantizing):
    """q(z|x): the signs of the numbers of each vector: lookup-free quantization (arXiv:2310.05737).

    A code is the bits of one vector. The loss adds ``entropy`` times E[H(c|x)] - H(E[c|x]), in nats for each code, so
    that each code is certain and all are used; there c has the probabilities softmax(-|vector - c|^2 / temperature).

    Parameters
    ----------
    bits : int, default 8
        Numbers of a vector; there are ``2**bits`` codes. The width of z (at each position, if the encoder keeps them)
        is a multiple of it.
    commitment : float, default 1.0
        Weight of the squared distance of the vectors from their signs.
    entropy : float, default 10.0
        Weight of the difference of entropies. Beside a reconstruction that is a sum over all elements, the paper's 0.1
        leaves most codes unused.
    temperature : float, default 1.0
    """

    argument: ClassVar[str] = "bits"
    extras: ClassVar[tuple[str, ...]] = (*Quantizing.extras, "commitment", "entropy")
    numbers: ClassVar[tuple[str, ...]] = ("commitment", "entropy", "temperature")

    def __init__(self, bits: int = 8, commitment: float = 1.0, entropy: float = 10.0, temperature: float = 1.0) -> None:
        super().__init__()
        self.bits = checks.integer("bits", bits, maximum=16)
        self.commitment = checks.number("commitment", commitment, minimum=0.0)
        self.entropy = checks.number("entropy", entropy, minimum=0.0)
        self.temperature = checks.number("temperature", temperature, above=0.0)
        self.unit, self.choices = bits, 2**bits

    def points(self, vectors: Any) -> Any:
        """Return the signs, with the gradient of the vectors."""
        return straight_through(_signs(vectors), vectors)

    def terms(self, params: dict[str, Any], context: Context) -> tuple[Any, dict[str, Any]]:
        """Return the commitment and the entropies."""
        _, logged = super().terms(params, context)
        vectors = params["vectors"]
        commitment = ops.sum(ops.square(vectors - ops.stop_gradient(_signs(vectors))), axis=(1, 2))
        entropy = self.entropy_difference(vectors)
        added = self.number("commitment") * commitment + self.number("entropy") * entropy
        return added, {**logged, "commitment": commitment, "entropy": entropy}

    def entropy_difference(self, vectors: Any) -> Any:
        """Return E[H(c|x)] - H(E[c|x]) for all codes of an example, in nats, shape ``(batch,)``.

        The first expectation is each example's own; the second is over all vectors of the batch.
        """
        logits = 4.0 * vectors / self.number("temperature")
        size = ops.abs(logits)
        log_one = ops.minimum(logits, 0.0) - ops.log1p(ops.exp(-size))  # log sigmoid
        log_zero = log_one - logits
        entropies = -ops.sum(ops.exp(log_one) * log_one + ops.exp(log_zero) * log_zero, axis=(1, 2))
        bits = ops.cast(self._bits, vectors.dtype)
        log_p = ops.matmul(log_one, ops.transpose(bits)) + ops.matmul(log_zero, ops.transpose(1.0 - bits))
        mean = ops.sum(ops.exp(log_p), axis=(0, 1)) / ops.cast(ops.shape(vectors)[0] * vectors.shape[1], vectors.dtype)
        return entropies + vectors.shape[1] * ops.sum(mean * ops.log(ops.maximum(mean, 1e-30)))

    def codes(self, z: Any) -> Any:
        """Return the number whose bits are the signs, the first bit counting least."""
        return ops.sum(ops.cast(self.split(z) > 0, "int32") * 2 ** np.arange(self.bits, dtype="int32"), axis=-1)

    def embed(self, codes: Any) -> Any:
        """Return the signs of codes, ``(..., latent_dim)``."""
        digits = ops.cast(codes, "int32")[..., None] // 2 ** np.arange(self.bits, dtype="int32") % 2
        return ops.reshape(ops.cast(2 * digits - 1, self.compute_dtype), (*numerics.sizes(codes)[:-1], self.latent_dim))

    @property
    def _bits(self) -> np.ndarray:
        """The bits of all codes, shape ``(2**bits, bits)``."""
        return np.arange(self.choices)[:, None] >> np.arange(self.bits) & 1


def _signs(vectors: Any) -> Any:
    return 2.0 * ops.cast(vectors > 0, vectors.dtype) - 1.0
