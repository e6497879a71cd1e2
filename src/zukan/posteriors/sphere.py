"""The power spherical posterior: points on one or several unit spheres."""

from __future__ import annotations

from typing import Any

from keras import initializers, layers

from zukan import checks, distributions, numerics
from zukan.context import Context, Piece, Shapes
from zukan.posteriors.base import Posterior, posteriors


@posteriors.register("sphere")
class Sphere(Posterior):
    """q(z|x) is power spherical on unit spheres around the origin (arXiv:2006.04437).

    The mean direction and the concentration are functions of the features. It takes the place of the von Mises-Fisher
    distribution of the hyperspherical autoencoder (arXiv:1804.00891), whose shape it has. Use the prior "sphere".

    Parameters
    ----------
    spheres : int, default 1
        Number of spheres; z has ``latent_dim / spheres`` dimensions for each. Two dimensions are a circle.
    """

    def __init__(self, spheres: int = 1) -> None:
        super().__init__()
        self.spheres = checks.integer("spheres", spheres)

    def layout(self, shapes: Shapes) -> tuple[Piece, ...]:
        """Return one piece for each sphere."""
        size, rest = divmod(shapes.latent_dim, self.spheres)
        if rest or size < 2:
            raise checks.InputError(
                f"latent_dim must be a multiple of spheres, {self.spheres}, with at least 2 dimensions for each, got "
                f"{shapes.latent_dim}; use latent_dim={max(2, -(-shapes.latent_dim // self.spheres)) * self.spheres}")
        return (Piece("sphere", size),) * self.spheres

    def heads(self, features: Any, shapes: Shapes) -> dict[str, Any]:
        """Return ``mean``, points on the spheres, ``(batch, latent_dim)``; ``concentration``, ``(batch, spheres)``."""
        size, d = self.layout(shapes)[0].size, shapes.latent_dim
        # The bias is not 0, since features of 0 would have no direction.
        vectors = layers.Dense(d, bias_initializer="random_normal", name="direction")(features)
        mean = numerics.unit(layers.Reshape((self.spheres, size), name="vectors")(vectors))
        # At first, draws lie 2/3 of the way from the center to the mean: from pure noise, nothing could be learned.
        concentration = layers.Dense(self.spheres, activation="softplus", name="concentration",
                                     bias_initializer=initializers.Constant(2.0 * size))(features)
        return {"mean": layers.Reshape((d,), name="points")(mean), "concentration": concentration}

    def distribution(self, params: dict[str, Any], context: Context) -> distributions.PowerSpherical:  # noqa: ARG002
        """Return the power spherical distribution with these parameters."""
        return distributions.PowerSpherical(params["mean"], params["concentration"])
