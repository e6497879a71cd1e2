"""The posterior in hyperbolic space: a normal distribution wrapped onto the Poincaré ball."""

from __future__ import annotations

from typing import Any

from keras import layers, ops

from zukan import distributions, numerics
from zukan.context import Context, Piece, Shapes
from zukan.posteriors.base import Posterior, posteriors


@posteriors.register("poincare")
class Poincare(Posterior):
    """q(z|x) is a normal distribution wrapped onto the Poincaré ball (arXiv:1901.06033).

    z is a point inside the unit ball, in which distances grow toward the border: there is room for trees. Use the prior
    "poincare", which has the curvature: in a space of curvature -c, the same z are further apart by 1 / sqrt(c), which
    the standard deviations of this posterior can express in any one of them.
    """

    def layout(self, shapes: Shapes) -> tuple[Piece, ...]:
        """Return one piece: a ball."""
        return (Piece("ball", shapes.latent_dim),)

    def heads(self, features: Any, shapes: Shapes) -> dict[str, Any]:
        """Return ``mean``, points in the unit ball, and ``log_var``, each of shape ``(batch, latent_dim)``."""
        # sinh(distance from 0) in the direction of the mean: the hyperboloid, projected onto the ball.
        spatial = layers.Dense(shapes.latent_dim, name="spatial")(features)
        square = ops.sum(ops.square(spatial), axis=-1, keepdims=True)
        return {"mean": spatial / (1.0 + ops.sqrt(1.0 + square)),
                "log_var": layers.Dense(shapes.latent_dim, activation=numerics.bounded_log_var,
                                        name="log_var")(features)}

    def distribution(self, params: dict[str, Any], context: Context) -> distributions.WrappedNormal:  # noqa: ARG002
        """Return the wrapped normal distribution with these parameters."""
        return distributions.WrappedNormal(params["mean"], params["log_var"])
