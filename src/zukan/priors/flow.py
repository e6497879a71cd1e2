"""What flow priors share: a standard normal, transformed."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from functools import partial

import numpy as np

from zukan import checks, distributions
from zukan.context import Context, Shapes
from zukan.networks.masked import masked_layers
from zukan.priors.standardized import Standardized


class Flow(Standardized):
    """A standard normal under transformations of which the way back, from z to the normal, is one pass.

    With a condition, the networks of the transformations see it.

    Parameters
    ----------
    flows : int, default 5
        Number of transformations.
    units : sequence of int, default (64, 64)
        Widths of the hidden layers of each transformation's network.
    """

    def __init__(self, flows: int = 5, units: Sequence[int] = (64, 64)) -> None:
        super().__init__()
        self.flows = checks.integer("flows", flows)
        for width in units:
            checks.integer("units", width)
        self.units = units

    @staticmethod
    @abstractmethod
    def degrees(d: int, index: int) -> np.ndarray:
        """Return the degree of each of ``d`` elements in transformation ``index``."""

    def build(self, shapes: Shapes) -> None:
        """Create the networks of the transformations."""
        self.networks = masked_layers(self.degrees, shapes.latent_dim, self.flows, self.units, shapes.condition_dim)
        super().build(shapes)

    def distribution(self, context: Context) -> distributions.Transformed:
        """Return the flow: event shape ``(latent_dim,)``, and batch shape ``(batch,)`` with a condition."""
        layers = [distributions.Autoregressive(network.degrees, partial(network.parameters, context=context.condition))
                  for network in self.networks]
        return distributions.Transformed(self.standard_normal(context),
                                         [*map(distributions.Inverted, layers), self.to_codes])
