"""The prior in hyperbolic space."""

from __future__ import annotations

import math
from typing import ClassVar

from keras import ops

from zukan import checks, distributions
from zukan.context import Context, Shapes
from zukan.priors.base import Prior, priors


@priors.register("poincare")
class Poincare(Prior):
    """p(z) is a normal distribution wrapped onto the Poincaré ball at its center, without weights (arXiv:1901.06033).

    Parameters
    ----------
    curvature : float, default 1.0
        The space has the curvature ``-curvature``, and there the standard deviation is 1. z is the point in the unit
        ball, whatever the curvature: the larger it is, the closer to the border are the draws. For 0, p(z) would be
        the standard normal of a flat space.
    """

    kinds: ClassVar[tuple[str, ...]] = ("ball",)

    def __init__(self, curvature: float = 1.0) -> None:
        super().__init__()
        self.curvature = checks.number("curvature", curvature, above=0.0)

    def build(self, shapes: Shapes) -> None:
        """Store the latent dimension; there are no weights to create."""
        self.latent_dim = shapes.latent_dim
        super().build(shapes)

    def distribution(self, context: Context) -> distributions.WrappedNormal:  # noqa: ARG002
        """Return the wrapped normal at the center, event shape ``(latent_dim,)``."""
        return distributions.WrappedNormal(ops.zeros((self.latent_dim,)),
                                           ops.full((self.latent_dim,), math.log(self.curvature)))
