"""What one model compiled, for the next model that differs in seed and weights alone."""

from __future__ import annotations

import collections
import contextlib
import json
import threading
from collections.abc import Iterator

import keras

from zukan.model import VAE

KEPT = 4  # kinds of model whose programs are kept, with one untrained model each
_twins: collections.OrderedDict[str, VAE] = collections.OrderedDict()
_lock = threading.RLock()


@contextlib.contextmanager
def shared(vae: VAE) -> Iterator[None]:
    """Let a compiled ``vae`` train, encode, decode and score by the programs of an earlier model of its kind.

    Weights, draws, the learning rate and the state of the optimizer are inputs of these programs, so that models may
    differ in them. Training goes back to a program of the model's own afterwards, as it may be compiled anew.
    """
    twin = _twin(vae)
    if twin is None:
        yield
        return
    vae.share_programs(twin)
    vae.train_function = twin.train_function
    try:
        yield
    finally:
        vae.train_function = None


def _twin(vae: VAE) -> VAE | None:
    """Return a model like ``vae`` that nobody trains, or None where nothing is compiled or the kind cannot be told."""
    if keras.backend.backend() != "jax" or not vae.jit_compile or vae.run_eagerly or keras.distribution.distribution():
        return None
    config, optimizer = vae.get_config(), vae.optimizer.get_config()
    for key in ("seed", "name"):
        del config[key]
    for key in ("learning_rate", "name"):
        del optimizer[key]
    try:
        kind = json.dumps([config, type(vae.optimizer).__name__, optimizer, keras.config.floatx(),
                           keras.config.dtype_policy().name], sort_keys=True)
    except (TypeError, ValueError):
        return None
    with _lock:
        if kind not in _twins:
            _twins[kind] = _like(vae)
        _twins.move_to_end(kind)
        while len(_twins) > KEPT:
            _twins.popitem(last=False)
        return _twins[kind]


def _like(vae: VAE) -> VAE:
    twin = VAE.from_config(vae.get_config())
    twin.compile(keras.optimizers.deserialize(keras.optimizers.serialize(vae.optimizer)))
    twin.optimizer.build(twin.trainable_variables)
    twin.make_train_function()
    return twin
