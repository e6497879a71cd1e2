"""Compiled programs: functions of a model's weights, compiled once and shared by models of the same kind."""

from __future__ import annotations

import collections
import functools
import json
import threading
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import ops, tree

from zukan.backend import keras_defaults

KEPT = 4  # kinds of model whose programs are kept, with one untrained model each
_kinds: collections.OrderedDict[str, Programs] = collections.OrderedDict()
_lock = threading.RLock()


class Programs:
    """The functions of one model, each compiled when it is first needed (on JAX).

    A program takes the weights as input, so it stays valid during training. Every model of the same kind can run it:
    a model that differs only in weights, seed and learning rate.

    Parameters
    ----------
    model : VAE
        The model whose code is compiled.
    kind : str, optional
        The kind of that model, if other models share these programs.
    """

    def __init__(self, model: Any, kind: str | None = None) -> None:
        self.model = model
        self.kind = kind
        self._programs: dict[Any, Callable[..., Any]] = {}

    @classmethod
    @keras_defaults()
    def shared(cls, model: Any) -> Programs:
        """Return the programs that all models of ``model``'s kind share; ``model`` must have been compiled by Keras.

        To share them, set ``model.programs = Programs.shared(model)``. If nothing is compiled, as on other backends,
        these are the model's own programs.
        """
        kind = kind_of(model)
        if kind is None:
            return cls(model)
        with _lock:
            if kind not in _kinds:
                _kinds[kind] = cls(_untrained(model), kind)
            _kinds.move_to_end(kind)
            while len(_kinds) > KEPT:
                _kinds.popitem(last=False)
            return _kinds[kind]

    def get(self, function: Callable[..., Any], *settings: Any) -> Callable[..., Any]:
        """Return ``function(model, *settings, *arrays, draws)`` as a program ``(weights, *arrays, state)``.

        ``draws`` is a ``SeedGenerator`` in the given ``state``, two whole numbers; ``weights`` are the values of
        ``model.program_inputs`` or those of another model of its kind.
        """
        key = (function, settings)
        if key not in self._programs:
            traced = functools.partial(function, self.model, *settings)
            self._programs[key] = _program(traced, self.model.program_inputs)
        return self._programs[key]

    def trains(self, model: Any) -> bool:
        """Return whether ``model`` trains with these programs: it shares them and is still of their kind."""
        return self.model is not model and self.kind is not None and kind_of(model) == self.kind


def kind_of(model: Any) -> str | None:
    """Return a text with all that ``model``'s programs depend on; None if nothing is compiled or no text exists."""
    compiles = keras.backend.backend() == "jax" and model.jit_compile and not model.run_eagerly
    if not compiles or keras.distribution.distribution():
        return None
    config, optimizer = model.get_config(), model.optimizer.get_config()
    del config["seed"], config["name"], optimizer["name"]
    config["likelihood"] = model.likelihood.kind_config()
    if isinstance(optimizer.get("learning_rate"), float):  # a variable; a schedule is compiled into the program
        del optimizer["learning_rate"]
    try:
        return json.dumps([config, type(model.optimizer).__name__, optimizer, keras.config.floatx(),
                           keras.config.dtype_policy().name], sort_keys=True)
    except (TypeError, ValueError):
        return None


def _untrained(model: Any) -> Any:
    """Return a new model of the same kind, ready to train."""
    new = type(model).from_config(model.get_config())
    new.compile(keras.optimizers.deserialize(keras.optimizers.serialize(model.optimizer)))
    new.optimizer.build(new.trainable_variables)
    new.make_train_function()
    return new


def _program(function: Callable[..., Any], variables: list[Any]) -> Callable[..., Any]:
    """Return ``function(*arrays, draws)`` as ``(values of variables, *arrays, state)``, without gradients."""
    draws = keras.random.SeedGenerator(0)
    backend = keras.backend.backend()

    def run(values: list[Any], state: Any, *arrays: Any) -> Any:
        with keras.StatelessScope(state_mapping=[*zip(variables, values, strict=True), (draws.state, state)]):
            return function(*arrays, draws)

    if backend == "jax":
        import jax  # noqa: PLC0415

        run = jax.jit(run)
    elif backend == "torch":
        import torch  # noqa: PLC0415

        run = torch.no_grad()(run)

    def call(values: list[Any], *arguments: Any) -> Any:
        *arrays, state = arguments
        inputs: Any = [np.array(state, draws.state.dtype), *arrays]
        if backend != "jax":  # a jitted function takes NumPy arrays directly, which is faster
            inputs = tree.map_structure(ops.convert_to_tensor, inputs)
        return run(values, *inputs)

    return call
