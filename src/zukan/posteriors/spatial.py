"""The normal posterior that keeps the positions of an image."""

from __future__ import annotations

import math
from typing import Any, ClassVar

from keras import layers

from zukan.context import Shapes
from zukan.posteriors.base import posteriors
from zukan.posteriors.normal import Normal, normal_heads


@posteriors.register("spatial")
class Spatial(Normal):
    """q(z|x) = N(mean, diag(exp(log_var))) with as many values of z at each position of a convolutional encoder.

    So z is a small image of latent variables, as in the lowest layer of arXiv:2007.03898, and no dense layer mixes the
    positions: details of images that no training image had at that place are encoded too. ``latent_dim`` must be a
    multiple of the number of positions. With a network without positions it is the posterior "normal".
    """

    keeps_positions: ClassVar[bool] = True

    def heads(self, features: Any, shapes: Shapes) -> dict[str, Any]:
        """Return ``mean`` and ``log_var``, each of shape ``(batch, latent_dim)``: row by row, position by position."""
        if not shapes.positions:
            return super().heads(features, shapes)
        width = shapes.latent_dim // math.prod(shapes.positions)
        at_positions = normal_heads(features, shapes._replace(latent_dim=width))
        return {name: layers.Reshape((shapes.latent_dim,), name=f"{name}_flat")(value)
                for name, value in at_positions.items()}
