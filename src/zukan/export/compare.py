"""Whether an exported model computes what Keras does."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import keras
import numpy as np
from keras import ops, tree

ITEMS = 32
# Of the largest output or one, whichever is more. Below float32, Keras rounds and the export does not.
TOLERANCES = {"float64": 1e-5, "float32": 1e-5, "float16": 2e-2, "bfloat16": 2e-1}


def installed() -> bool:
    """Whether onnxruntime is there to compare with."""
    try:
        import onnxruntime  # noqa: F401, PLC0415 an extra
    except ImportError:
        return False
    return True


def tolerance(model: Any) -> float:
    """Return the greatest error that is no mistake, by the least precision among the layers."""
    layers = model._flatten_layers(recursive=True, include_self=False)  # noqa: SLF001 public in no other form
    return max(TOLERANCES.get(str(layer.compute_dtype), 1e-5) for layer in layers)


def error(model: Any, proto: bytes, support: tuple[float, float]) -> float:
    """Return the greatest difference between ``model`` and its export on random inputs.

    It is relative to the largest output, or absolute where that is below one.

    Parameters
    ----------
    model : keras.Model
        Of one input.
    proto : bytes
        The export.
    support : (float, float)
        The range of the inputs; normal ones where it is not bounded.
    """
    import onnxruntime  # noqa: PLC0415 an extra

    rng, shape = np.random.default_rng(0), (ITEMS, *model.inputs[0].shape[1:])
    x = rng.uniform(*support, shape) if np.isfinite(support).all() else rng.standard_normal(shape)
    x = x.astype("float32")
    with _full_precision():
        ours = model(ops.convert_to_tensor(x), training=False)
    session = onnxruntime.InferenceSession(proto, providers=["CPUExecutionProvider"])
    theirs = session.run(None, {session.get_inputs()[0].name: x})
    named = ours if isinstance(ours, dict) else {session.get_outputs()[0].name: tree.flatten(ours)[0]}
    worst = 0.0
    for output, found in zip(session.get_outputs(), theirs, strict=True):
        wanted = np.asarray(ops.convert_to_numpy(named[output.name]), "float64")
        difference = np.abs(found - wanted).max() / max(1.0, np.abs(wanted).max())
        worst = max(worst, float(difference) if np.isfinite(difference) else np.inf)
    return worst


@contextlib.contextmanager
def _full_precision() -> Iterator[None]:
    """Keep accelerators from rounding the factors of products (TF32, bfloat16), which is more than the tolerance."""
    with contextlib.ExitStack() as stack:
        if keras.backend.backend() == "jax":
            import jax  # noqa: PLC0415

            stack.enter_context(jax.default_matmul_precision("highest"))
        elif keras.backend.backend() == "torch":
            import torch  # noqa: PLC0415

            stack.enter_context(torch.no_grad())
            stack.enter_context(torch.backends.cudnn.flags(allow_tf32=False))
        yield
