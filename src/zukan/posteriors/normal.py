"""The diagonal normal posterior."""

from __future__ import annotations

from typing import Any

import keras
from keras import layers, ops

from zukan import distributions
from zukan.posteriors.base import Posterior, posteriors


@keras.saving.register_keras_serializable("zukan")
def bounded(log_var: Any) -> Any:
    """Keep a log-variance within [-20, 20]: far outside what training visits, and exp of it stays finite."""
    return ops.clip(log_var, -20.0, 20.0)


@posteriors.register("normal")
class Normal(Posterior):
    """q(z|x) = N(mean, diag(exp(log_var))), mean and log_var linear in the features (arXiv:1312.6114)."""

    def heads(self, features: Any, latent_dim: int) -> dict[str, Any]:
        """Return ``mean`` and ``log_var``, each ``(batch, latent_dim)``."""
        return {"mean": layers.Dense(latent_dim, name="mean")(features),
                "log_var": layers.Dense(latent_dim, activation=bounded, name="log_var")(features)}

    def distribution(self, params: dict[str, Any]) -> distributions.Normal:
        """Return the normal with these parameters."""
        return distributions.Normal(params["mean"], params["log_var"])
