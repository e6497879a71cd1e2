"""The posterior of a plain autoencoder: a point."""

from __future__ import annotations

from typing import Any, ClassVar

from keras import layers

from zukan import distributions
from zukan.context import Context, Shapes
from zukan.posteriors.base import Posterior, posteriors


@posteriors.register("delta")
class Delta(Posterior):
    """q(z|x) is one point, linear in the features: an autoencoder without noise.

    It has no density. So there is no KL, no ELBO and no bound on log p(x); use the objective "reconstruction".
    """

    density: ClassVar[bool] = False

    def heads(self, features: Any, shapes: Shapes) -> dict[str, Any]:
        """Return ``mean``, the point, ``(batch, latent_dim)``."""
        return {"mean": layers.Dense(shapes.latent_dim, name="mean")(features)}

    def distribution(self, params: dict[str, Any], context: Context) -> distributions.Delta:  # noqa: ARG002
        """Return the point."""
        return distributions.Delta(params["mean"])
