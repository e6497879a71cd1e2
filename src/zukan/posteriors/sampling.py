"""The reparameterization trick as a layer."""

from __future__ import annotations

from typing import Any

import keras

from zukan.posteriors.base import Posterior
from zukan.registry import Part


@keras.saving.register_keras_serializable("zukan")
class Sampling(Part, keras.Layer):
    """Draw one z from q(z|x), given its parameters (arXiv:1312.6114, section 2.4).

    Parameters
    ----------
    posterior : Posterior
        Knows how to turn the parameters into a distribution.
    seed : int
        Where the draws start.
    """

    def __init__(self, posterior: Posterior, seed: int = 0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.posterior = posterior
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)

    def build(self, shapes: Any = None) -> None:
        """Nothing to build: the posterior's layers belong to the model."""

    def call(self, params: dict[str, Any]) -> Any:
        """Return z, shape ``(batch, latent_dim)``."""
        return self.posterior.distribution(params).sample(1, self.seed_generator)[0]
