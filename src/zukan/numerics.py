"""Numerical helpers for densities, in ``keras.ops``."""

from __future__ import annotations

import math
from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable("zukan", "bounded")
def bounded_log_var(log_var: Any) -> Any:
    """Clip a log-variance to [-20, 20], far outside the values of training, so that its exponential is finite."""
    return ops.clip(log_var, -20.0, 20.0)


def flat_event(value: Any, event_shape: tuple[int, ...]) -> Any:
    """Broadcast ``value`` to the event shape and merge the event axes into one: ``(*batch, prod(event_shape))``.

    Densities sum over this one axis, because XLA on a CPU takes fifty times as long to sum over a short last axis.
    """
    batch = ops.shape(value)[: max(0, len(value.shape) - len(event_shape))]
    if tuple(value.shape[len(batch) :]) != event_shape:
        value = ops.broadcast_to(value, (*batch, *event_shape))
    return ops.reshape(value, (*batch, math.prod(event_shape)))


def log_mean_exp(values: Any, axis: int = 0) -> Any:
    """Return ``log(mean(exp(values)))`` along ``axis``, without overflow."""
    return ops.logsumexp(values, axis=axis) - ops.log(ops.cast(ops.shape(values)[axis], values.dtype))
