"""The standard normal prior."""

from __future__ import annotations

from keras import ops

from zukan import distributions
from zukan.context import Context, Shapes
from zukan.priors.base import Prior, priors


@priors.register("normal")
class Normal(Prior):
    """p(z) = N(0, I), without weights (arXiv:1312.6114)."""

    def build(self, shapes: Shapes) -> None:
        """Store the latent dimension; there are no weights to create."""
        self.latent_dim = shapes.latent_dim
        super().build(shapes)

    def distribution(self, context: Context) -> distributions.Normal:  # noqa: ARG002
        """Return N(0, I), event shape ``(latent_dim,)``."""
        return distributions.Normal(ops.zeros((self.latent_dim,)), ops.zeros((self.latent_dim,)))
