"""Units of the networks that never fire."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

from zukan.evaluation.diagnosis.finding import Finding

NOTE, PROBLEM = 0.5, 0.8  # shares of silent units


def silent_units(network: keras.Model, inputs: np.ndarray) -> tuple[int, int]:
    """Return how many relu units of a network are 0 for all ``inputs``, and how many relu units it has.

    A unit of a convolution is a channel: it is silent if it is 0 at every position. Layers inside a layer of the
    user's own are not seen.
    """
    outputs = [layer.output for layer in network.layers if _is_relu(layer)]
    if not outputs:
        return 0, 0
    values = keras.Model(network.inputs, outputs).predict_on_batch(inputs)
    fires = [np.asarray(value).reshape(-1, value.shape[-1]).max(axis=0) > 0
             for value in (values if isinstance(values, list) else [values])]
    return int(sum((~fire).sum() for fire in fires)), sum(fire.size for fire in fires)


def _is_relu(layer: Any) -> bool:
    return isinstance(layer, keras.layers.ReLU) or getattr(layer, "activation", None) is keras.activations.relu


def units(evidence: Any) -> Finding | None:
    """Return whether many relu units of encoder or decoder are 0 for all items."""
    shares = {name: silent / total for name, (silent, total) in evidence.silent.items() if total}
    if not shares:
        return None
    numbers: dict[str, float | str] = {f"silent units of the {name}": f"{silent} of {total}"
                                       for name, (silent, total) in evidence.silent.items() if total}
    worst = max(shares, key=lambda name: shares[name])
    if shares[worst] < NOTE:
        return Finding("dead units", "fine", "Most units of the networks are used.", numbers)
    return Finding("dead units", "problem" if shares[worst] >= PROBLEM else "note",
                   f"{shares[worst]:.0%} of the relu units of the {worst} are 0 for all items, so they do nothing.",
                   numbers, "Use a lower learning rate or another activation (--encoder "
                            "'{name=\"mlp\", activation=\"gelu\"}'), or a smaller network.")
