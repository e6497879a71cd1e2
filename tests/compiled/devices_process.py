"""Train the same model on one and on all of several simulated devices, and print how much the results differ."""

import functools
import json
import sys

import jax
import keras
import numpy as np
import pytest

import zukan
from blobs import blobs
from zukan import devices
from zukan.compiled import feeds, storing, streams
from zukan.training import replicas

N = 23 * 8 + 3  # a smaller last batch that four devices do not divide


def convolutions():
    kernel = keras.initializers.GlorotUniform(1)
    return {"event_shape": (4, 4, 1), "decoder": "mlp", "encoder": keras.Sequential(
        [keras.layers.Conv2D(2, 3, kernel_initializer=kernel), keras.layers.Flatten()])}


def build(seed=3, **options):
    vae = zukan.VAE(**{"event_shape": (6,), "encoder": {"name": "mlp", "units": [8]}, "seed": seed, **options})
    vae.compile(keras.optimizers.Adam(0.01))
    return vae


def trained(count, dtype="float32", **options):
    """Return the history, and the bounds of the trained model on its devices and on one."""
    with devices.scope(count):
        vae = build(**options)
        x, held_out = (blobs(n, vae.event_shape, seed=seed).astype(dtype) for n, seed in ((N, 0), (29, 1)))
        history = vae.fit(x, epochs=2, batch_size=8, validation_data=held_out, verbose=0).history
        assert len({len(variable.value.sharding.device_set) for variable in vae.weights}) == 1
        spread = len(vae.weights[0].value.sharding.device_set)
        bounds = vae.elbo(held_out)
    alone = devices.on_one_device(vae)
    assert len(alone.weights[0].value.sharding.device_set) == 1
    weights = np.concatenate([np.ravel(weight) for weight in alone.get_weights()])
    return {**history, "bounds": bounds, "alone": alone.elbo(held_out), "weights": weights}, spread


@functools.cache
def single():
    """Return the results of one device, which several checks compare with."""
    return trained(None)


def difference(one=None, names=None, make=dict, **options):
    """Return the largest relative difference between one and all devices."""
    (one, single), (many, spread) = one or trained(None, **make(), **options), trained("all", **make(), **options)
    assert (single, spread) == (1, jax.device_count()), spread
    assert one.keys() == many.keys() > {"val_loss", "loss"}
    return max(float(np.max(np.abs(np.subtract(one[name], many[name])) / (1 + np.abs(one[name])))) for name in names or one.keys() - {"weights"})


def indivisible():
    """Return the largest relative difference where three or more devices do not divide a batch."""
    results = []
    for count in (None, "all"):
        with devices.scope(count):
            vae, x = build(), blobs(29)
            history = vae.fit(x[:24], batch_size=8, validation_data=x[:13], validation_batch_size=5, verbose=0).history
            tested = vae.evaluate(x, batch_size=7, verbose=0, return_dict=True)
            predicted = vae.predict(x, batch_size=5, verbose=0)
            results.append([*history["val_loss"], tested["loss"], *predicted.ravel()])
            if count:
                eager = build()
                eager.compile("adam", run_eagerly=True)
                with pytest.raises(zukan.InputError, match="must divide among 4 devices, got 29 items in batches of 8"):
                    eager.fit(x, batch_size=8, verbose=0)
    return float(np.max(np.abs(np.subtract(*results)) / (1 + np.abs(results[0]))))


def together():
    """Return the largest difference between weights of models trained together on all devices and alone on one."""
    x, held_out = blobs(N), blobs(29, seed=1)
    models, alone = [[build(seed) for seed in range(jax.device_count() + 1)] for _ in range(2)]
    replicas.fit(models, x, held_out, epochs=2, batch_size=8, callbacks=[[]] * len(models))
    for model in alone:
        model.fit(x, epochs=2, batch_size=8, validation_data=held_out, verbose=0)
    return max(float(np.abs(mine - theirs).max()) for model, other in zip(models, alone, strict=True)
               for mine, theirs in zip(model.get_weights(), other.get_weights(), strict=True))


def rows_divided():
    """Return the largest relative difference if each device holds a part of the rows."""
    seen, start = [], feeds.Tables.__init__

    def watch(self, *args, held, **options):
        start(self, *args, held=held, **options)
        seen.extend(str(leaf.sharding) for leaf in jax.tree.leaves(self.arrays))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(storing, "memory", lambda: N * 6 * 4 - 1)
        patch.setattr(feeds.Tables, "__init__", watch)
        result = difference(single())
    assert any("P('batch',)" in sharding for sharding in seen), seen
    return result


def streamed():
    """Return the largest relative difference if no device holds the rows."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(storing, "memory", lambda: 0.0)
        patch.setattr(streams, "CHUNK", 5 * 8 * 6 * 4)
        return difference(single())


def double():
    """Return the largest relative difference in double precision, which stays on."""
    jax.config.update("jax_enable_x64", True)
    keras.config.set_dtype_policy("float64")
    return difference(dtype="float64", names=("bounds", "alone", "weights"))  # Keras's averages are float32


CHECKS = {"whole": lambda: difference(single()), "together": together, "indivisible": indivisible, "rows divided": rows_divided,
          "streamed": streamed, "convolutions": lambda: difference(make=convolutions), "double": double}

if __name__ == "__main__":
    print(json.dumps({name: CHECKS[name]() for name in sys.argv[1:]}))
