"""What flow posteriors share: a normal base, and transformations of its draws."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, ClassVar

from zukan import distributions
from zukan.context import Context, Shapes
from zukan.posteriors.base import Posterior
from zukan.posteriors.normal import normal_heads


class Flow(Posterior):
    """q(z|x): draws from a normal, transformed. Its mean and log-variance are linear in the features."""

    independent: ClassVar[bool] = False

    @abstractmethod
    def transformations(self, params: dict[str, Any]) -> list[distributions.Transformation]:
        """Return the transformations, in the order in which they apply."""

    def heads(self, features: Any, shapes: Shapes) -> dict[str, Any]:
        """Return ``base_mean`` and ``base_log_var``, each ``(batch, latent_dim)``."""
        return normal_heads(features, shapes, "base_")

    def distribution(self, params: dict[str, Any], context: Context) -> distributions.Transformed:  # noqa: ARG002
        """Return the flow from the normal with these parameters."""
        base = distributions.Normal(params["base_mean"], params["base_log_var"])
        return distributions.Transformed(base, self.transformations(params))
