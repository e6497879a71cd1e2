"""The base class of posteriors, and their registry."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar

import keras

from zukan import checks
from zukan.context import Context, Piece, Shapes
from zukan.distributions import Distribution
from zukan.registry import Part, Registry


class Posterior(Part, keras.Layer, ABC):
    """A family of distributions q(z|x) over z, and the layers that compute its parameters from features.

    Weights of its own, if it has any, are created in ``build(shapes)``. A discrete posterior also defines ``codes(z)``,
    the whole numbers that z stands for, shape ``(..., pieces)``, and ``embed(codes)``, which returns z.

    Attributes
    ----------
    density : bool
        Whether q(z|x) has a density. Without one there is no KL, no ELBO and no bound on log p(x).
    evaluable : bool
        Whether that density can be evaluated at any z, and not only at samples from q(z|x) itself.
    reparameterized : bool
        Whether a draw of z has a gradient with respect to the parameters.
    keeps_positions : bool
        Whether z keeps the positions of an encoder network that has a grid of them. `Shapes.positions` is that grid,
        and features have the shape ``(batch, *positions, width)``.
    independent : bool
        Whether the dimensions of z are independent under q(z|x).
    reads : tuple of str
        What it reads of the prior: "density", if it needs log p(z).
    extras : tuple of str
        Names of the values that `terms` logs.
    priors : tuple of str
        Names of the priors that it can be used with; () for every prior that fits the kinds of its pieces.
    """

    density: ClassVar[bool] = True
    evaluable: ClassVar[bool] = True
    reparameterized: ClassVar[bool] = True
    keeps_positions: ClassVar[bool] = False
    independent: ClassVar[bool] = True
    reads: ClassVar[tuple[str, ...]] = ()
    extras: ClassVar[tuple[str, ...]] = ()
    priors: ClassVar[tuple[str, ...]] = ()

    @abstractmethod
    def heads(self, features: Any, shapes: Shapes) -> dict[str, Any]:
        """Return the parameters by name from features of shape ``(batch, width)``. Their first axis is the batch."""

    @abstractmethod
    def distribution(self, params: dict[str, Any], context: Context) -> Distribution:
        """Return q(z|x) with the parameters ``params``: batch shape ``(batch,)``, event shape ``(latent_dim,)``."""

    def layout(self, shapes: Shapes) -> tuple[Piece, ...]:
        """Return the pieces of z, in order; their sizes add up to ``shapes.latent_dim``."""
        return (Piece("real", shapes.latent_dim),)

    def terms(self, params: dict[str, Any], context: Context) -> tuple[Any, dict[str, Any]]:  # noqa: ARG002
        """Return what is added to the loss of every objective, and what the history logs under the names in `extras`.

        Both are tensors of shape () or (batch,), in nats per example if they are parts of the loss. A posterior with
        weights that have no gradient, such as the moving averages of a codebook, updates them here in training.
        """
        return 0.0, {}

    def codes(self, z: Any) -> Any:
        """Raise, since z is not discrete; a discrete posterior overrides it, and `embed`.

        Raises
        ------
        zukan.InputError
        """
        raise checks.InputError(
            f"codes need a discrete posterior, got {type(self).__name__} and z of shape {tuple(z.shape)}; use encode")

    embed = codes


posteriors = Registry("posterior", Posterior)
