"""The base class of posteriors, and their registry."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar

import keras

from zukan.context import Context, Piece, Shapes
from zukan.distributions import Distribution
from zukan.registry import Part, Registry


class Posterior(Part, keras.Layer, ABC):
    """A family of distributions q(z|x) over z, and the layers that compute its parameters from features.

    Weights of its own, if it has any, are created in ``build(shapes)``.

    Attributes
    ----------
    density : bool
        Whether q(z|x) has a density. Without one there is no KL, no ELBO and no bound on log p(x).
    evaluable : bool
        Whether that density can be evaluated at any z, and not only at samples from q(z|x) itself.
    """

    density: ClassVar[bool] = True
    evaluable: ClassVar[bool] = True

    @abstractmethod
    def heads(self, features: Any, shapes: Shapes) -> dict[str, Any]:
        """Return the parameters by name from features of shape ``(batch, width)``. Their first axis is the batch."""

    @abstractmethod
    def distribution(self, params: dict[str, Any], context: Context) -> Distribution:
        """Return q(z|x) with the parameters ``params``: batch shape ``(batch,)``, event shape ``(latent_dim,)``."""

    def layout(self, latent_dim: int) -> tuple[Piece, ...]:
        """Return the pieces of z, in order; their sizes add up to ``latent_dim``."""
        return (Piece("real", latent_dim),)


posteriors = Registry("posterior", Posterior)
