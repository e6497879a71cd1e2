"""The Laplace posterior."""

from __future__ import annotations

from typing import Any

from keras import layers

from zukan import distributions, numerics
from zukan.context import Context, Shapes
from zukan.posteriors.base import Posterior, posteriors


@posteriors.register("laplace")
class Laplace(Posterior):
    """q(z|x): independent Laplace variables, whose tails are heavier than a normal's (arXiv:1312.6114, section 2.4).

    Mean and log-scale are linear in the features; the log-scale is clipped to [-20, 20].
    """

    def heads(self, features: Any, shapes: Shapes) -> dict[str, Any]:
        """Return ``mean`` and ``log_scale``, each of shape ``(batch, latent_dim)``."""
        return {"mean": layers.Dense(shapes.latent_dim, name="mean")(features),
                "log_scale": layers.Dense(shapes.latent_dim, activation=numerics.bounded_log_var,
                                          name="log_scale")(features)}

    def distribution(self, params: dict[str, Any], context: Context) -> distributions.Laplace:  # noqa: ARG002
        """Return the Laplace distribution with these parameters."""
        return distributions.Laplace(params["mean"], params["log_scale"])
