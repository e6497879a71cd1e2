"""The base class of priors, and their registry."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar

import keras

from zukan.context import Context
from zukan.distributions import Distribution
from zukan.registry import Part, Registry


class Prior(Part, keras.Layer, ABC):
    """A distribution p(z) over z. Its weights, if it has any, are created in ``build(shapes)``.

    Attributes
    ----------
    needs : tuple of str
        What the posterior must have: "density", or "evaluable" as well.
    kinds : tuple of str
        The kinds of pieces of z that it is a distribution over, see `Piece`.
    density : bool
        Whether p(z) has a density. Without one there is no ELBO; only `zukan.VAE.fit_prior` trains it, to sample.
    """

    needs: ClassVar[tuple[str, ...]] = ()
    kinds: ClassVar[tuple[str, ...]] = ("real",)
    density: ClassVar[bool] = True

    @abstractmethod
    def distribution(self, context: Context) -> Distribution:
        """Return p(z), event shape ``(latent_dim,)``; batch shape ``(batch,)`` if it depends on the condition."""

    def start(self, z: Any, seed: int) -> None:
        """Set weights to a start from codes, before `zukan.VAE.fit_prior` trains them.

        Parameters
        ----------
        z : array, shape (n, latent_dim)
            Draws from q(z|x) of the training items.
        seed : int
            The model's.
        """

    def cost(self, z: Any, context: Context) -> Any:
        """Return what `zukan.VAE.fit_prior` minimizes for codes z: -log p(z), or a bound, in nats, ``(batch,)``."""
        return -self.distribution(context).log_prob(z)


priors = Registry("prior", Prior)
