"""The base class of priors, and their registry."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

import keras

from zukan.distributions import Distribution
from zukan.registry import Part, Registry


class Prior(Part, keras.Layer, ABC):
    """A distribution p(z) over z. Its weights, if it has any, are created in ``build((None, latent_dim))``."""

    @abstractmethod
    def distribution(self, encode: Callable[[Any], Distribution] | None = None) -> Distribution:
        """Return p(z), event shape ``(latent_dim,)``.

        Parameters
        ----------
        encode : callable, optional
            The function from x to q(z|x), for priors that are mixtures of posteriors (arXiv:1705.07120). Other priors
            ignore it.
        """


priors = Registry("prior", Prior)
