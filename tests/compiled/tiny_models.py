"""A tiny compiled model, and the comparison of two of them."""

import numpy as np

import zukan


def build(optimizer="adam", *, compile_with=None, **options):
    """Return a tiny model; ``optimizer`` may be a function, so that each model has one of its own."""
    vae = zukan.VAE(**{"event_shape": (6,), "latent_dim": 2, "encoder": {"name": "mlp", "units": [8]}, **options})
    vae.compile(optimizer() if callable(optimizer) else optimizer, **compile_with or {})
    return vae


def assert_same_state(ours, theirs, atol=0.0):
    pairs = [*zip(ours.variables, theirs.variables, strict=True),
             *zip(ours.optimizer.variables, theirs.optimizer.variables, strict=True)]
    for mine, other in pairs:
        np.testing.assert_allclose(np.asarray(mine, "float64"), np.asarray(other, "float64"), rtol=0, atol=atol,
                                   err_msg=mine.path)
