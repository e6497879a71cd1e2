"""Events as one axis, and log-domain means, in ``keras.ops``."""

from __future__ import annotations

import math
from typing import Any

from keras import ops


def flat_event(value: Any, event_shape: tuple[int, ...]) -> Any:
    """Return ``value``, broadcast to the event, with the event's axes as one.

    Densities are computed so: XLA on a CPU takes fifty times as long to add up terms whose last axis is short.
    """
    batch = ops.shape(value)[: max(0, len(value.shape) - len(event_shape))]
    if tuple(value.shape[len(batch) :]) != event_shape:
        value = ops.broadcast_to(value, (*batch, *event_shape))
    return ops.reshape(value, (*batch, math.prod(event_shape)))


def log_mean_exp(values: Any, axis: int = 0) -> Any:
    """Return ``log(mean(exp(values)))`` along ``axis`` without overflow."""
    return ops.logsumexp(values, axis=axis) - ops.log(ops.cast(ops.shape(values)[axis], values.dtype))
