"""Comparison of an exported model with the Keras model, by onnxruntime."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import keras
import numpy as np
from keras import ops, tree

ITEMS = 32
# Relative to the largest output, or absolute if it is below 1. In lower precision, only Keras rounds its values.
TOLERANCES = {"float64": 1e-5, "float32": 1e-5, "float16": 2e-2, "bfloat16": 2e-1}


def installed() -> bool:
    """Return whether onnxruntime is installed."""
    try:
        import onnxruntime  # noqa: F401, PLC0415 an extra
    except ImportError:
        return False
    return True


def tolerance(model: Any) -> float:
    """Return the largest acceptable error, which depends on the lowest precision of the layers."""
    layers = model._flatten_layers(recursive=True, include_self=False)  # noqa: SLF001 Keras has no public equivalent
    return max(TOLERANCES.get(str(layer.compute_dtype), 1e-5) for layer in layers)


def error(model: Any, proto: bytes, support: tuple[float, float]) -> float:
    """Return the largest difference between the outputs of ``model`` and of its export, for random inputs.

    The difference is relative to the largest output, or absolute if that is below 1.

    Parameters
    ----------
    model : keras.Model
        With a single input.
    proto : bytes
        The exported model.
    support : (float, float)
        Range of the inputs, which are uniform; if it is not finite, they are normal.
    """
    import onnxruntime  # noqa: PLC0415 an extra

    rng, shape = np.random.default_rng(0), (ITEMS, *model.inputs[0].shape[1:])
    x = rng.uniform(*support, shape) if np.isfinite(support).all() else rng.standard_normal(shape)
    x = x.astype("float32")
    with _full_precision():
        keras_outputs = model(ops.convert_to_tensor(x), training=False)
    session = onnxruntime.InferenceSession(proto, providers=["CPUExecutionProvider"])
    onnx_outputs = session.run(None, {session.get_inputs()[0].name: x})
    by_name = (keras_outputs if isinstance(keras_outputs, dict)
               else {session.get_outputs()[0].name: tree.flatten(keras_outputs)[0]})
    largest = 0.0
    for output, actual in zip(session.get_outputs(), onnx_outputs, strict=True):
        expected = np.asarray(ops.convert_to_numpy(by_name[output.name]), "float64")
        difference = np.abs(actual - expected).max() / max(1.0, np.abs(expected).max())
        largest = max(largest, float(difference) if np.isfinite(difference) else np.inf)
    return largest


@contextlib.contextmanager
def _full_precision() -> Iterator[None]:
    """Turn off reduced precision on accelerators (TF32, bfloat16), whose errors exceed the tolerance."""
    with contextlib.ExitStack() as stack:
        if keras.backend.backend() == "jax":
            import jax  # noqa: PLC0415

            stack.enter_context(jax.default_matmul_precision("highest"))
        elif keras.backend.backend() == "torch":
            import torch  # noqa: PLC0415

            stack.enter_context(torch.no_grad())
            stack.enter_context(torch.backends.cudnn.flags(allow_tf32=False))
        yield
