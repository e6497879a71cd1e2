"""What a posterior is: features -> q(z|x)."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

import keras

from zukan.distributions import Distribution
from zukan.registry import Part, Registry


class Posterior(Part, keras.Layer):
    """A family of distributions over codes, and the layers that read its parameters off the features."""

    @abstractmethod
    def heads(self, features: Any, latent_dim: int) -> dict[str, Any]:
        """Return the parameters by name, first axis the batch, from features ``(batch, width)``."""

    @abstractmethod
    def distribution(self, params: dict[str, Any]) -> Distribution:
        """Return q(z|x), batch shape ``(batch,)``, event shape ``(latent_dim,)``."""


posteriors = Registry("posterior", Posterior)
