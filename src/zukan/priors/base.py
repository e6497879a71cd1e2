"""What a prior is: () -> p(z)."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import Any

import keras

from zukan.distributions import Distribution
from zukan.registry import Part, Registry


class Prior(Part, keras.Layer):
    """A distribution over codes; what it learns, it creates in ``build((None, latent_dim))``."""

    @abstractmethod
    def distribution(self, encode: Callable[[Any], Distribution] | None = None) -> Distribution:
        """Return p(z), event shape ``(latent_dim,)``.

        ``encode`` maps events to q(z|x), for priors made of posteriors (arXiv:1705.07120); the others ignore it.
        """


priors = Registry("prior", Prior)
