"""The posterior of the ladder VAE: layers from the top down, each shared with the prior."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, ClassVar

from keras import layers

from zukan import checks, distributions, numerics
from zukan.context import Context, Piece, Shapes
from zukan.posteriors.base import Posterior, posteriors


@posteriors.register("ladder")
class Ladder(Posterior):
    """q(z|x) is a chain of layers from the top down, which the prior's own chain takes part in (arXiv:1602.02282).

    Each layer below the top one is the product of two normals, weighted by precision: one is computed from x, the other
    is the prior's, given the layer above. The decoder reads all layers. Use the prior "ladder".

    Parameters
    ----------
    widths : sequence of int
        Dimensions of the layers, at least two, the top one first; they add up to ``latent_dim``.
    units : int, default 64
        Width of the dense layer between two layers, from the bottom up.
    """

    independent: ClassVar[bool] = False
    priors: ClassVar[tuple[str, ...]] = ("ladder",)

    def __init__(self, widths: Sequence[int], units: int = 64) -> None:
        super().__init__()
        if not isinstance(widths, (list, tuple)) or len(widths) < 2:
            raise checks.InputError(f"widths must list the dimensions of at least two layers, got "
                                    f"{checks.show(widths)}; give for example [2, 8], the top one first")
        for width in widths:
            checks.integer("widths", width)
        self.widths = widths
        self.units = checks.integer("units", units)

    def layout(self, shapes: Shapes) -> tuple[Piece, ...]:
        """Return one piece for each layer."""
        if sum(self.widths) != shapes.latent_dim:
            raise checks.InputError(f"widths must add up to latent_dim, {shapes.latent_dim}, got "
                                    f"{checks.show(list(self.widths))}; use latent_dim={sum(self.widths)}")
        return tuple(Piece("real", width) for width in self.widths)

    def heads(self, features: Any, shapes: Shapes) -> dict[str, Any]:
        """Return ``up_mean`` and ``up_log_var``, what x says about each layer, each ``(batch, latent_dim)``."""
        means: list[Any] = []
        log_vars: list[Any] = []
        for number, piece in reversed(list(enumerate(self.layout(shapes), 1))):
            means.insert(0, layers.Dense(piece.size, name=f"up_mean_{number}")(features))
            log_vars.insert(0, layers.Dense(piece.size, activation=numerics.bounded_log_var,
                                            name=f"up_log_var_{number}")(features))
            if number > 1:
                features = layers.Dense(self.units, activation="relu", name=f"up_{number}")(features)
        return {"up_mean": layers.Concatenate(name="up_mean")(means),
                "up_log_var": layers.Concatenate(name="up_log_var")(log_vars)}

    def distribution(self, params: dict[str, Any], context: Context) -> distributions.Ladder:
        """Return the chain of the products of what x says and the prior's chain in this pass."""
        prior: Any = context.prior()
        up = [distributions.Normal(*parts) for parts in zip(prior.split(params["up_mean"]),
                                                            prior.split(params["up_log_var"]), strict=True)]
        below = [partial(_combined, own, given) for own, given in zip(up[1:], prior.below, strict=True)]
        return distributions.Ladder(up[0], below, self.widths)


def _combined(own: distributions.Normal, given: Any, above: Any) -> distributions.Normal:
    """Return the product of what x says about a layer and of the prior's distribution, given the layer above."""
    return own.times(given(above))
