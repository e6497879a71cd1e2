"""What quantized posteriors share: vectors from the features, each replaced by one of finitely many codes."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, ClassVar

from keras import ops

from zukan import distributions, numerics
from zukan.context import Context, Piece, Shapes
from zukan.posteriors.base import Posterior
from zukan.posteriors.categorical import pieces_of


class Quantizing(Posterior):
    """q(z|x) is one point: vectors that are linear in the features, each replaced by a code.

    A point among finitely many has probability 1, so log q = 0, and log p(x|z) + log p(codes) is a lower bound on
    log p(x). The history holds the perplexity and the number of used codes of a batch, averaged over the codebooks.

    Attributes
    ----------
    argument : str
        The argument that determines how wide z must be.
    unit : int
        The width of z at each position is a multiple of it.
    choices : int
        Number of values of one code.
    depth : int
        Number of codes that one vector becomes.
    codebooks : int
        Number of codebooks; the codes of z are from each in turn.
    """

    reparameterized: ClassVar[bool] = False
    keeps_positions: ClassVar[bool] = True
    extras: ClassVar[tuple[str, ...]] = ("perplexity", "used_codes")
    argument: ClassVar[str]
    unit: int
    choices: int
    depth: int = 1
    codebooks: int = 1

    def size(self, shapes: Shapes) -> int:  # noqa: ARG002 used by subclasses
        """Return the width of a code."""
        return self.unit

    @abstractmethod
    def points(self, vectors: Any) -> Any:
        """Return the codes of ``(batch, vectors, size)`` as points of z, in order, with gradients for the vectors.

        The values are exactly those of ``embed(codes)``.
        """

    def build(self, shapes: Shapes) -> None:
        """Store the sizes."""
        self.latent_dim, self.width = shapes.latent_dim, self.size(shapes)
        super().build(shapes)

    def heads(self, features: Any, shapes: Shapes) -> dict[str, Any]:
        """Return ``vectors``, shape ``(batch, vectors, size)``."""
        return {"vectors": pieces_of(features, shapes, "vectors", self.unit, self.argument, size=self.size(shapes),
                                     depth=self.depth)}

    def layout(self, shapes: Shapes) -> tuple[Piece, ...]:
        """Return one piece for each code."""
        size = self.size(shapes)
        return (Piece("code", size, self.choices),) * (shapes.latent_dim // size)

    def distribution(self, params: dict[str, Any], context: Context) -> distributions.Quantized:  # noqa: ARG002
        """Return the point."""
        return distributions.Quantized(ops.reshape(self.points(params["vectors"]), (-1, self.latent_dim)))

    def terms(self, params: dict[str, Any], context: Context) -> tuple[Any, dict[str, Any]]:
        """Return no loss, and the usage of the codes."""
        codes = ops.reshape(self.codes(self.distribution(params, context).mean), (-1,))
        counts = ops.segment_sum(ops.ones_like(codes, dtype="float32"), codes, num_segments=self.choices)
        return 0.0, usage(counts / ops.sum(counts))

    def split(self, z: Any) -> Any:
        """Return z with an axis for its pieces, ``(..., pieces, size)``."""
        return ops.reshape(z, (*numerics.sizes(z)[:-1], self.latent_dim // self.width, self.width))


def usage(shares: Any) -> dict[str, Any]:
    """Return the perplexity of the codes and how many are used, from their shares; both averaged over the codebooks."""
    entropy = -ops.sum(shares * ops.log(ops.maximum(shares, 1e-30)), axis=-1)
    used = ops.sum(ops.cast(shares > 0, shares.dtype), axis=-1)
    return {"perplexity": ops.mean(ops.exp(entropy)), "used_codes": ops.mean(used)}


def straight_through(value: Any, vectors: Any) -> Any:
    """Return ``value``, exactly, with the gradient of ``vectors`` (arXiv:1308.3432)."""
    return ops.stop_gradient(value) + (vectors - ops.stop_gradient(vectors))
