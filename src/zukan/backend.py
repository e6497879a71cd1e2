"""The backend that Keras computes with: JAX unless the user chose another one, and never the user's ``keras.json``."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import sys
from collections.abc import Iterator
from typing import Any

from zukan import checks

BACKENDS = ("jax", "tensorflow", "torch")  # those that can train; each is the name of its package too
# What keras.json and the environment may change, with the values that Keras documents as its defaults.
_DEFAULTS = {"floatx": "float32", "epsilon": 1e-7, "image_data_format": "channels_last", "max_epochs": None,
             "max_steps_per_epoch": None}


def choose() -> None:
    """Make JAX, the fastest backend, the default, unless Keras has been imported already."""
    if "keras" not in sys.modules and not os.environ.get("KERAS_BACKEND"):
        os.environ["KERAS_BACKEND"] = "jax"


def start() -> None:
    """Import Keras.

    Raises
    ------
    zukan.InputError
        If its backend is unknown, not installed, or cannot train, or if its configuration file is wrong.
    """
    if "keras" not in sys.modules:
        name = os.environ.get("KERAS_BACKEND") or "jax"
        _check_name(name)
        if importlib.util.find_spec(name) is None:
            raise checks.InputError(f"KERAS_BACKEND must name an installed package, got {name!r}; pip install {name}, "
                                    f"or unset KERAS_BACKEND to use 'jax'")
    try:
        import keras  # noqa: PLC0415 imported here first, so that every failure becomes one sentence
    except Exception as error:
        home = os.environ.get("KERAS_HOME", "~/.keras")
        raise checks.InputError(f"Keras must be importable, but its import fails ({_first_line(error)}); correct "
                                f"{home}/keras.json, or install keras again") from error
    _check_name(keras.backend.backend())


def _check_name(name: str) -> None:
    if name not in BACKENDS:
        hint = checks.did_you_mean(name.lower(), BACKENDS)
        raise checks.InputError(f"KERAS_BACKEND must be one of {', '.join(map(repr, BACKENDS))}, got {name!r}; "
                                f"{f'{hint} or ' if hint else ''}unset it to use 'jax'")


def check_device() -> None:
    """Raise `checks.InputError` if JAX has no device to compute on."""
    import keras  # noqa: PLC0415

    if keras.backend.backend() != "jax":
        return
    import jax  # noqa: PLC0415 not installed with every backend

    try:
        jax.devices()
    except Exception as error:  # RuntimeError, or AssertionError
        named = {name: os.environ[name] for name in ("JAX_PLATFORMS", "JAX_PLATFORM_NAME") if os.environ.get(name)}
        got = ", ".join(f"{name}={value!r}" for name, value in named.items()) or _first_line(error)
        raise checks.InputError(f"JAX must have a device to compute on, but finds none with {got}; "
                                f"unset {' and '.join(named) or 'JAX_PLATFORMS'}, or install jax for that device"
                                ) from error


def float_type(policy: Any) -> str:
    """Return the dtype in which a model with this dtype policy sums its densities: float32, or float64 if asked for."""
    return "float64" if policy.variable_dtype == "float64" else "float32"


@contextlib.contextmanager
def layers_with(policy: Any) -> Iterator[None]:
    """Give the layers that the block creates this dtype policy, unless they have one of their own."""
    import keras  # noqa: PLC0415

    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


@contextlib.contextmanager
def keras_defaults() -> Iterator[None]:
    """Compute with Keras's defaults, whatever ``keras.json`` says; also a decorator.

    Of the settings of Keras, only a dtype policy (``keras.config.set_dtype_policy``) has an effect. A policy that
    equals the user's float type was not set, but follows from it.
    """
    import keras  # noqa: PLC0415

    before = {name: getattr(keras.config, name)() for name in _DEFAULTS}
    policy = new = keras.config.dtype_policy()
    if policy.name == before["floatx"] != "float32":
        new = keras.DTypePolicy("float32")
    _set(keras.config, {**_DEFAULTS, "floatx": float_type(new), "dtype_policy": new})
    try:
        yield
    finally:
        _set(keras.config, {**before, "dtype_policy": policy})


def _set(config: Any, values: dict[str, Any]) -> None:
    """Set those of Keras's settings that have other values."""
    for name, value in values.items():
        if getattr(config, name)() != value:
            getattr(config, f"set_{name}")(value)


def _first_line(error: Exception) -> str:
    return " ".join((str(error).strip() or type(error).__name__).split("\n")[0].split())
