"""The normal posterior with a diagonal covariance."""

from __future__ import annotations

from typing import Any

from keras import layers

from zukan import distributions, numerics
from zukan.context import Context, Shapes
from zukan.posteriors.base import Posterior, posteriors


def normal_heads(features: Any, shapes: Shapes, prefix: str = "") -> dict[str, Any]:
    """Return ``mean`` and ``log_var``, each ``(batch, latent_dim)``, linear in the features; names with a prefix."""
    mean, log_var = f"{prefix}mean", f"{prefix}log_var"
    return {mean: layers.Dense(shapes.latent_dim, name=mean)(features),
            log_var: layers.Dense(shapes.latent_dim, activation=numerics.bounded_log_var, name=log_var)(features)}


@posteriors.register("normal")
class Normal(Posterior):
    """q(z|x) = N(mean, diag(exp(log_var))); mean and log_var are linear in the features (arXiv:1312.6114).

    The log-variance is clipped to [-20, 20].
    """

    def heads(self, features: Any, shapes: Shapes) -> dict[str, Any]:
        """Return ``mean`` and ``log_var``, each of shape ``(batch, latent_dim)``."""
        return normal_heads(features, shapes)

    def distribution(self, params: dict[str, Any], context: Context) -> distributions.Normal:  # noqa: ARG002
        """Return the normal distribution with ``params["mean"]`` and ``params["log_var"]``."""
        return distributions.Normal(params["mean"], params["log_var"])
