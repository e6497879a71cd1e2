"""The posterior with affine couplings."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from keras import layers

from zukan import checks, distributions
from zukan.context import Shapes
from zukan.networks.masked import by_halves, masked_layers
from zukan.posteriors.base import posteriors
from zukan.posteriors.flow import Flow


@posteriors.register("realnvp")
class RealNVP(Flow):
    """q(z|x): a normal under affine couplings, whose networks see features of x (arXiv:1605.08803).

    Each coupling scales and shifts one half of z by functions of the other half, and the other half by constants.

    Parameters
    ----------
    flows : int, default 4
        Number of transformations.
    units : sequence of int, default (64,)
        Widths of the hidden layers of each transformation's network.
    context : int, default 16
        Number of features of x that the networks see.
    """

    degrees = staticmethod(by_halves)

    def __init__(self, flows: int = 4, units: Sequence[int] = (64,), context: int = 16) -> None:
        super().__init__()
        self.flows = checks.integer("flows", flows)
        for width in units:
            checks.integer("units", width)
        self.units = units
        self.context = checks.integer("context", context)

    def build(self, shapes: Shapes) -> None:
        """Create the networks of the transformations."""
        self.networks = masked_layers(self.degrees, shapes.latent_dim, self.flows, self.units, self.context)
        super().build(shapes)

    def heads(self, features: Any, shapes: Shapes) -> dict[str, Any]:
        """Return the parameters of the base, and ``context``, ``(batch, context)``."""
        return {**super().heads(features, shapes), "context": layers.Dense(self.context, name="context")(features)}

    def transformations(self, params: dict[str, Any]) -> list[distributions.Transformation]:
        """Return the couplings, given the features of x."""
        return [distributions.Autoregressive(network.degrees, partial(network.parameters, context=params["context"]))
                for network in self.networks]
