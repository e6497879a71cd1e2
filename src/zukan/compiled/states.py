"""The values of a model's variables in Keras's loops: after an error, and on several devices."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import keras


@contextlib.contextmanager
def whole_after_errors(model: Any) -> Iterator[Any]:
    """Yield ``model``, and give its variables their values back if ``fit``, ``evaluate`` or ``predict`` fails.

    On JAX, Keras takes them away before the first batch. After a complete batch they get the values that they had then;
    before, those that they had at the start.
    """
    if keras.backend.backend() != "jax":
        yield model
        return
    optimizer = getattr(model, "optimizer", None)
    variables = [*model.variables, *(() if optimizer is None else optimizer.variables)]
    before = [(variable, variable.value) for variable in variables]
    try:
        yield model
    except BaseException:
        model.jax_state_sync()
        if not any(value.is_deleted() for _, value in before):  # no step has used them up
            for variable, value in before:
                variable.assign(value)
        raise


@contextlib.contextmanager
def distribution(value: Any) -> Iterator[None]:
    """Set Keras's distribution within the block; None for one device."""
    before = keras.distribution.distribution()
    if before is not value:
        keras.distribution.set_distribution(value)
    try:
        yield
    finally:
        if before is not value:
            keras.distribution.set_distribution(before)
