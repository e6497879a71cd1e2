"""The peer zukan."""

from __future__ import annotations

import functools

import zukan
from benchmarks.peers.clock import fitting, repeated

MODELS = {"dense": {}, "conv": {"encoder": {"name": "conv", "filters": [16, 32]}, "latent_dim": 16}}


def _compiled(network: str):
    vae = zukan.VAE(**MODELS[network])
    vae.compile("adam")
    return vae


def trainer(x, batch_size: int, network: str):
    return fitting(_compiled(network), batch_size, x)


def scorer(x, samples: int, epochs: int):
    vae = _compiled("dense")
    vae.fit(x, epochs=epochs, batch_size=64, verbose=0)
    return lambda images: repeated(functools.partial(vae.log_likelihood, samples=samples), x[:images])(1)


def predictor(x, call: str):
    vae = _compiled("dense")
    return repeated(getattr(vae, call), x)
