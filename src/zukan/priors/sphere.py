"""The uniform prior on spheres."""

from __future__ import annotations

from typing import ClassVar

from zukan import distributions
from zukan.context import Context, Shapes
from zukan.priors.base import Prior, priors


@priors.register("sphere")
class Sphere(Prior):
    """p(z) is uniform on the spheres of the posterior, without weights (arXiv:1804.00891)."""

    kinds: ClassVar[tuple[str, ...]] = ("sphere",)

    def build(self, shapes: Shapes) -> None:
        """Store the sizes of the spheres; there are no weights to create."""
        self.sizes = tuple(piece.size for piece in shapes.layout)
        super().build(shapes)

    def distribution(self, context: Context) -> distributions.UniformSphere:  # noqa: ARG002
        """Return the uniform distribution, event shape ``(latent_dim,)``."""
        return distributions.UniformSphere(self.sizes)
