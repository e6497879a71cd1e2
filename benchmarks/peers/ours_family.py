"""The models of zukan that have a counterpart in pythae."""

from __future__ import annotations

import zukan
from benchmarks.peers.clock import fitting


def trainer(x, batch_size: int, latent_dim: int, arguments: dict):
    """Return a turn that trains a model; a learned objective gets an optimizer of its own, as in pythae."""
    vae = zukan.VAE(latent_dim=latent_dim, **arguments)
    learned = isinstance(vae.objective, zukan.objectives.LearnedObjective)
    vae.compile(zukan.optimizers.Adversarial("adam", "adam") if learned else "adam")
    return fitting(vae, batch_size, (x > 0.5).astype("float32"))
