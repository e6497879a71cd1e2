"""Layers from the parameters of q(z|x) to codes: one draw, and the mean."""

from __future__ import annotations

from typing import Any

import keras

from zukan.context import Context
from zukan.posteriors.base import Posterior
from zukan.registry import Part


@keras.saving.register_keras_serializable("zukan")
class Sampling(Part, keras.Layer):
    """A layer that draws one z from q(z|x), given the parameters of q(z|x) (arXiv:1312.6114, section 2.4).

    Parameters
    ----------
    posterior : Posterior
        Makes the distribution from the parameters.
    seed : int, default 0
        Seed of the random draws.
    prior : zukan.priors.Prior, optional
        Given if the posterior reads it.
    """

    def __init__(self, posterior: Posterior, seed: int = 0, prior: Any = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.posterior = posterior
        self.prior = prior
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)

    def build(self, shapes: Any = None) -> None:
        """Create no weights: the posterior's layers belong to the model."""

    def call(self, params: dict[str, Any]) -> Any:
        """Return z, shape ``(batch, latent_dim)``."""
        return self.posterior.distribution(params, _context(self.prior)).sample(1, self.seed_generator)[0]


@keras.saving.register_keras_serializable("zukan")
class Mean(Part, keras.Layer):
    """A layer that returns the mean of q(z|x), given the parameters of q(z|x).

    Parameters
    ----------
    posterior : Posterior
        Makes the distribution from the parameters.
    prior : zukan.priors.Prior, optional
        Given if the posterior reads it.
    """

    def __init__(self, posterior: Posterior, prior: Any = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.posterior = posterior
        self.prior = prior

    def build(self, shapes: Any = None) -> None:
        """Create no weights: the posterior's layers belong to the model."""

    def call(self, params: dict[str, Any]) -> Any:
        """Return the mean, shape ``(batch, latent_dim)``."""
        return self.posterior.distribution(params, _context(self.prior)).mean


def _context(prior: Any) -> Context:
    """Return a pass in which a posterior can read nothing but the prior."""
    return Context() if prior is None else Context(prior=lambda: prior.distribution(Context()))
