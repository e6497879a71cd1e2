"""Numerical helpers for densities, in ``keras.ops``."""

from __future__ import annotations

import math
from collections.abc import Callable
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


def sizes(value: Any) -> tuple[int, ...]:
    """Return the shape of ``value`` for a reshape: -1 for a size that is not known yet."""
    return tuple(-1 if size is None else size for size in value.shape)


def gumbel(shape: tuple[int, ...], dtype: Any, seed: Any) -> Any:
    """Return standard Gumbel noise: the largest of ``log_p + noise`` is a draw from probabilities ``exp(log_p)``."""
    uniform = keras.random.uniform(shape, dtype=dtype, seed=seed)
    return -ops.log(-ops.log(ops.clip(uniform, 1e-7, 1.0 - 1e-7)))


def log_mean_exp(values: Any, axis: int = 0) -> Any:
    """Return ``log(mean(exp(values)))`` along ``axis``, without overflow."""
    return ops.logsumexp(values, axis=axis) - ops.log(ops.cast(ops.shape(values)[axis], values.dtype))


def gradient(function: Callable[[Any], Any], x: Any) -> Any:
    """Return the gradient of ``sum(function(x))`` with respect to ``x``; it can be differentiated again.

    Works on every backend, within a training step and outside of it.
    """
    backend = keras.backend.backend()
    if backend == "jax":
        import jax  # noqa: PLC0415

        return jax.grad(lambda value: ops.sum(function(value)))(x)
    if backend == "torch":
        import torch  # noqa: PLC0415

        with torch.enable_grad():
            x = x if x.requires_grad else x.detach().requires_grad_()
            return torch.autograd.grad(ops.sum(function(x)), x, create_graph=True)[0]
    import tensorflow as tf  # noqa: PLC0415

    with tf.GradientTape() as tape:
        tape.watch(x)
        total = ops.sum(function(x))
    return tape.gradient(total, x)
