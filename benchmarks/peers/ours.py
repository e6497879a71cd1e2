"""The peer zukan."""

from __future__ import annotations

import functools

import zukan
from benchmarks.peers.clock import Clock, fitting, repeated
from zukan import precision
from zukan.training import replicas as together

MODELS = {"dense": {}, "conv": {"encoder": {"name": "conv", "filters": [16, 32]}, "latent_dim": 16}}


def _compiled(network: str, **options):
    vae = zukan.VAE(**MODELS[network], **options)
    vae.compile("adam")
    return vae


def trainer(x, batch_size: int, network: str):
    return fitting(_compiled(network), batch_size, x)


def replicas(x, batch_size: int, network: str, models: int):
    """Train several models as one program, with a single batch to validate."""
    def turn(epochs: int):
        clock = Clock()
        members = [_compiled(network, seed=seed) for seed in range(models)]
        together.fit(members, x, x[:batch_size], epochs=epochs + 1, batch_size=batch_size,
                     callbacks=[[] for _ in members], together=[clock])
        return clock.seconds[1:], clock.loss

    return turn


def precise(x, batch_size: int, network: str, asked: str, held_out: int, seeds: int):
    """Train in one precision; the result has the bounds of items that were not trained on, and the device's memory."""
    import jax

    def turn(epochs: int):
        seconds, bounds = [], []
        with precision.products(asked):
            for seed in range(seeds):
                vae = _compiled(network, seed=seed, dtype=precision.dtype(asked))
                seconds += fitting(vae, batch_size, x[:-held_out])(epochs)[0]
                bounds.append(float(vae.elbo(x[-held_out:], same_draws=False).mean()))
        memory = (jax.devices()[0].memory_stats() or {}).get("peak_bytes_in_use")
        return seconds, {"bounds": bounds, "memory": memory, "default": precision.device().products}

    return turn


def scorer(x, samples: int, epochs: int):
    vae = _compiled("dense")
    vae.fit(x, epochs=epochs, batch_size=64, verbose=0)
    return lambda images: repeated(functools.partial(vae.log_likelihood, samples=samples), x[:images])(1)


def predictor(x, call: str):
    vae = _compiled("dense")
    return repeated(getattr(vae, call), x)
