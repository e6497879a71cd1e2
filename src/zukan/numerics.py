"""Sums over event axes and log-domain means, in ``keras.ops``."""

from __future__ import annotations

from typing import Any

from keras import ops


def sum_event(values: Any, event_ndim: int) -> Any:
    """Sum over the last ``event_ndim`` axes: the log-density of an event is the sum over its elements."""
    return ops.sum(values, axis=tuple(range(-event_ndim, 0))) if event_ndim else values


def log_mean_exp(values: Any, axis: int = 0) -> Any:
    """Return ``log(mean(exp(values)))`` along ``axis`` without overflow."""
    return ops.logsumexp(values, axis=axis) - ops.log(ops.cast(ops.shape(values)[axis], values.dtype))
