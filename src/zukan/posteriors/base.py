"""The base class of posteriors, and their registry."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import keras

from zukan.distributions import Distribution
from zukan.registry import Part, Registry


class Posterior(Part, keras.Layer, ABC):
    """A family of distributions q(z|x) over z, and the layers that compute its parameters from features."""

    @abstractmethod
    def heads(self, features: Any, latent_dim: int) -> dict[str, Any]:
        """Return the parameters by name from features of shape ``(batch, width)``. Their first axis is the batch."""

    @abstractmethod
    def distribution(self, params: dict[str, Any]) -> Distribution:
        """Return q(z|x) with the parameters ``params``: batch shape ``(batch,)``, event shape ``(latent_dim,)``."""


posteriors = Registry("posterior", Posterior)
