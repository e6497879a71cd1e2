"""Comparison of an exported model with the Keras model, by onnxruntime."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import keras
import numpy as np
from keras import ops, tree

from zukan import precision

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
    proto : bytes
        The exported model.
    support : (float, float)
        Range of the first input, which is uniform; if the range is not finite, it is normal. The input ``observed``
        is 0 or 1, and the input ``condition`` is a class.
    """
    import onnxruntime  # noqa: PLC0415 an extra

    session = onnxruntime.InferenceSession(proto, providers=["CPUExecutionProvider"])
    names = [value.name for value in session.get_inputs()]
    arrays = _inputs({name: (ITEMS, *symbol.shape[1:]) for name, symbol in zip(names, model.inputs, strict=True)},
                     support)
    tensors = [ops.convert_to_tensor(array) for array in arrays.values()]
    with _full_precision():
        keras_outputs = model(tensors[0] if len(tensors) == 1 else tensors, training=False)
    onnx_outputs = session.run(None, arrays)
    by_name = (keras_outputs if isinstance(keras_outputs, dict)
               else {session.get_outputs()[0].name: tree.flatten(keras_outputs)[0]})
    largest = 0.0
    for output, actual in zip(session.get_outputs(), onnx_outputs, strict=True):
        expected = np.asarray(ops.convert_to_numpy(by_name[output.name]), "float64")
        difference = np.abs(actual - expected).max() / max(1.0, np.abs(expected).max())
        largest = max(largest, float(difference) if np.isfinite(difference) else np.inf)
    return largest


def _inputs(shapes: dict[str, tuple[int, ...]], support: tuple[float, float]) -> dict[str, np.ndarray]:
    """Return a random array for each input; values of the first input that are not observed are 0."""
    rng = np.random.default_rng(0)
    arrays: dict[str, np.ndarray] = {}
    for name, shape in shapes.items():
        if name == "observed":
            arrays[name] = rng.integers(0, 2, shape)
            arrays["x"] = arrays["x"] * arrays[name]
        elif name == "condition":
            arrays[name] = np.eye(shape[1])[rng.integers(0, shape[1], shape[0])]
        else:
            arrays[name] = (rng.uniform(*support, shape) if np.isfinite(support).all()
                            else rng.standard_normal(shape))
    return {name: array.astype("float32") for name, array in arrays.items()}


@contextlib.contextmanager
def _full_precision() -> Iterator[None]:
    """Turn off reduced precision on accelerators (TF32, bfloat16), whose errors exceed the tolerance."""
    with contextlib.ExitStack() as stack:
        stack.enter_context(precision.products("float32"))
        if keras.backend.backend() == "torch":
            import torch  # noqa: PLC0415

            stack.enter_context(torch.no_grad())
        yield
