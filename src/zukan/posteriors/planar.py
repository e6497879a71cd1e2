"""A planar-flow posterior."""

from __future__ import annotations

from typing import Any, ClassVar

from keras import layers

from zukan import checks, distributions, numerics
from zukan.context import Context, Shapes
from zukan.posteriors.base import Posterior, posteriors


@posteriors.register("planar")
class Planar(Posterior):
    """q(z|x): a normal whose mean and log-variance are linear in the features, bent by planar transformations.

    The transformations have weights of their own, the same for every x (arXiv:1505.05770).

    Parameters
    ----------
    flows : int, default 8
        Number of transformations.
    """

    evaluable: ClassVar[bool] = False

    def __init__(self, flows: int = 8) -> None:
        super().__init__()
        self.flows = checks.integer("flows", flows)

    def build(self, shapes: Shapes) -> None:
        """Create the weights of the transformations."""
        d = shapes.latent_dim
        self.planes = [distributions.Plane(
            self.add_weight(shape=(d,), initializer="random_normal", name=f"w_{i}"),
            self.add_weight(shape=(d,), initializer="random_normal", name=f"u_{i}"),
            self.add_weight(shape=(), initializer="zeros", name=f"b_{i}")) for i in range(self.flows)]
        super().build(shapes)

    def heads(self, features: Any, shapes: Shapes) -> dict[str, Any]:
        """Return ``base_mean`` and ``base_log_var``, each ``(batch, latent_dim)``."""
        return {"base_mean": layers.Dense(shapes.latent_dim, name="base_mean")(features),
                "base_log_var": layers.Dense(shapes.latent_dim, activation=numerics.bounded_log_var,
                                             name="base_log_var")(features)}

    def distribution(self, params: dict[str, Any], context: Context) -> distributions.PlanarFlow:  # noqa: ARG002
        """Return the flow from the normal with these parameters."""
        base = distributions.Normal(params["base_mean"], params["base_log_var"])
        return distributions.PlanarFlow(base, [distributions.Plane(*(weight.value for weight in plane))
                                               for plane in self.planes])
