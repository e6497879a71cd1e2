"""The precision of a training: of its networks, and of the products of matrices in float32."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any, NamedTuple

CHOICES = ("auto", "float32", "tf32", "bfloat16")


class Device(NamedTuple):
    """What computes, as its own library sees it."""

    name: str
    products: str
    """How it multiplies matrices of float32 unless told otherwise"""
    has_tf32: bool


CPU = Device("the CPU", "float32", has_tf32=False)


def dtype(precision: str) -> str | None:
    """Return Keras's dtype policy of the networks; None for the one that the program has set."""
    return {"auto": None, "bfloat16": "mixed_bfloat16"}.get(precision, "float32")


def described(precision: str) -> str | None:
    """Return one line with the precision and the default of the device, or None if the device has only one precision.

    Parameters
    ----------
    precision : {"auto", "float32", "tf32", "bfloat16"}
    """
    name, default, has_tf32 = device()
    if precision == "auto":
        if default == "float32" and not has_tf32:
            return None
        other = "--precision tf32 is faster" if default == "float32" else "--precision float32 for full precision"
        return f"Precision: {default}, the default of {name} ({other})"
    if precision == "bfloat16":
        return "Precision: bfloat16 in encoder and decoder; weights, densities and losses are float32"
    if precision == "tf32" and not has_tf32:
        return f"Precision: float32, since {name} has no TF32"
    used = "TF32" if precision == "tf32" else "float32"
    return f"Precision: {used}, the default of {name}" if used == default else (
        f"Precision: {used} (the default of {name} is {default})")


@contextlib.contextmanager
def products(precision: str) -> Iterator[None]:
    """Multiply matrices of float32 in this precision: TF32 rounds the factors to 10 bits.

    A device without TF32 computes in float32 instead. "auto" and "bfloat16" change nothing.
    """
    if precision in ("auto", "bfloat16"):
        yield
        return
    tf32 = precision == "tf32" and device().has_tf32
    with {"jax": _jax_products, "torch": _torch_products, "tensorflow": _tensorflow_products}[_backend()](tf32=tf32):
        yield


def device() -> Device:
    """Return the device that Keras computes on by default."""
    return {"jax": _jax_device, "torch": _torch_device, "tensorflow": _tensorflow_device}[_backend()]()


def _backend() -> str:
    import keras  # noqa: PLC0415 the command line reads the choices first

    return keras.backend.backend()


def _jax_device() -> Device:
    import jax  # noqa: PLC0415

    first = jax.devices()[0]
    if first.platform == "cpu":
        return CPU
    has_tf32 = _is_ampere(getattr(first, "compute_capability", None))
    default = "bfloat16" if first.platform == "tpu" else "TF32" if has_tf32 else "float32"
    setting = "jax_default_matmul_precision"  # of a variable of the environment, or of the user's program
    if chosen := getattr(jax.config, setting):
        default = f"{setting}={chosen}"
    return Device(first.device_kind, default, has_tf32)


def _jax_products(*, tf32: bool) -> Any:
    import jax  # noqa: PLC0415

    return jax.default_matmul_precision("tensorfloat32" if tf32 else "float32")


def _torch_device() -> Device:
    import torch  # noqa: PLC0415

    if not torch.cuda.is_available():
        return CPU
    default = "float32" if torch.get_float32_matmul_precision() == "highest" else "TF32"
    return Device(torch.cuda.get_device_name(), default, torch.version.hip is None and _is_ampere(
        ".".join(map(str, torch.cuda.get_device_capability()))))


@contextlib.contextmanager
def _torch_products(*, tf32: bool) -> Iterator[None]:
    import torch  # noqa: PLC0415

    before = torch.get_float32_matmul_precision()
    torch.set_float32_matmul_precision("high" if tf32 else "highest")
    try:
        with torch.backends.cudnn.flags(enabled=torch.backends.cudnn.enabled, allow_tf32=tf32):  # convolutions
            yield
    finally:
        torch.set_float32_matmul_precision(before)


def _tensorflow_device() -> Device:
    import tensorflow as tf  # noqa: PLC0415

    gpus = tf.config.list_physical_devices("GPU")
    if not gpus:
        return CPU
    details = tf.config.experimental.get_device_details(gpus[0])
    has_tf32 = _is_ampere(".".join(map(str, details.get("compute_capability", ()))))
    enabled = has_tf32 and tf.config.experimental.tensor_float_32_execution_enabled()
    return Device(details.get("device_name", "the GPU"), "TF32" if enabled else "float32", has_tf32)


@contextlib.contextmanager
def _tensorflow_products(*, tf32: bool) -> Iterator[None]:
    import tensorflow as tf  # noqa: PLC0415

    settings = tf.config.experimental
    before = settings.tensor_float_32_execution_enabled()
    settings.enable_tensor_float_32_execution(tf32)
    try:
        yield
    finally:
        settings.enable_tensor_float_32_execution(before)


def _is_ampere(capability: Any) -> bool:
    """Return whether this is the compute capability of an NVIDIA GPU with TF32: 8.0 or higher."""
    with contextlib.suppress(TypeError, ValueError):  # None on a CPU, "gfx90a" on AMD
        return float(capability) >= 8.0
    return False
