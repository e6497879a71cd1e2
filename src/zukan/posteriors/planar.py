"""A planar-flow posterior."""

from __future__ import annotations

from typing import Any, ClassVar

from zukan import checks, distributions
from zukan.context import Shapes
from zukan.posteriors.base import posteriors
from zukan.posteriors.flow import Flow


@posteriors.register("planar")
class Planar(Flow):
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
        self.planes = [(self.add_weight(shape=(d,), initializer="random_normal", name=f"w_{i}"),
                        self.add_weight(shape=(d,), initializer="random_normal", name=f"u_{i}"),
                        self.add_weight(shape=(), initializer="zeros", name=f"b_{i}")) for i in range(self.flows)]
        super().build(shapes)

    def transformations(self, params: dict[str, Any]) -> list[distributions.Transformation]:  # noqa: ARG002
        """Return the planar transformations."""
        return [distributions.Planar(*(weight.value for weight in plane)) for plane in self.planes]
