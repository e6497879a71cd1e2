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
    """

    needs: ClassVar[tuple[str, ...]] = ()

    @abstractmethod
    def distribution(self, context: Context) -> Distribution:
        """Return p(z), event shape ``(latent_dim,)``; batch shape ``(batch,)`` if it depends on the condition."""

    def begin(self, x: Any, seed: int) -> None:
        """Set weights that start from the data, once, before the first step.

        Parameters
        ----------
        x : array, shape (n, *event_shape)
            The training items.
        seed : int
            The model's.
        """


priors = Registry("prior", Prior)
