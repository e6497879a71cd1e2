"""Numerical helpers for densities, in ``keras.ops``."""

from __future__ import annotations

import importlib
import math
import operator
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


def unit(vectors: Any) -> Any:
    """Return vectors over the last axis, scaled to length 1."""
    return vectors / ops.sqrt(ops.maximum(ops.sum(ops.square(vectors), axis=-1, keepdims=True), 1e-24))


BORDER = 1.0 - 1e-5  # of the unit ball: further out, single precision cannot tell points apart


def inside_ball(points: Any) -> Any:
    """Return points over the last axis; those outside of the unit ball are moved to its border, toward the center."""
    square = ops.sum(ops.square(points), axis=-1, keepdims=True)
    return points * ops.minimum(1.0, BORDER / ops.sqrt(ops.maximum(square, 1e-24)))


def lgamma(x: Any) -> Any:
    """Return log |Gamma(x)|, elementwise; its derivative is `digamma`. Keras has no such operation."""
    return _backend_function({"jax": "lax.lgamma", "torch": "lgamma", "tensorflow": "math.lgamma"})(x)


def digamma(x: Any) -> Any:
    """Return the derivative of log Gamma at ``x``, elementwise."""
    return _backend_function({"jax": "lax.digamma", "torch": "digamma", "tensorflow": "math.digamma"})(x)


def log_beta(a: Any, b: Any) -> Any:
    """Return log B(a, b) = log Gamma(a) + log Gamma(b) - log Gamma(a + b) for positive ``a`` and ``b``, elementwise.

    For large arguments, the difference of the log-gammas would have no correct digits in single precision. So from 10
    on they are Stirling's series, whose large terms cancel exactly (doi:10.1145/131766.131776).
    """
    a, b = ops.convert_to_tensor(a), ops.convert_to_tensor(b)
    small, large = ops.minimum(a, b), ops.maximum(a, b)
    is_large, both = large >= STIRLING, small >= STIRLING
    # Where a branch does not apply, its argument is one where its value and gradient are finite.
    big, big_small = ops.where(is_large, large, STIRLING), ops.where(both, small, STIRLING)
    common = _stirling(big) - _stirling(big + small) - (big - 0.5) * ops.log1p(small / big)
    exact = lgamma(ops.where(both, 1.0, small))
    one = common + exact + small * (1.0 - ops.log(big + small))
    two = (common + _stirling(big_small) + big_small * ops.log(big_small / (big + big_small))
           - 0.5 * ops.log(big_small) + 0.5 * math.log(2 * math.pi))
    low = ops.where(is_large, 1.0, large)
    direct = exact + lgamma(low) - lgamma(ops.where(is_large, 1.0, small) + low)
    return ops.where(both, two, ops.where(is_large, one, direct))


STIRLING = 10.0  # from here on, the series below is exact in double precision


def _stirling(x: Any) -> Any:
    """Return log Gamma(x) - (x - 1/2) log x + x - log(2 pi) / 2 for ``x`` of at least 10."""
    inverse = 1.0 / x
    square = inverse * inverse
    series = 0.0
    for coefficient in (1 / 156, -691 / 360360, 1 / 1188, -1 / 1680, 1 / 1260, -1 / 360, 1 / 12):
        series = series * square + coefficient
    return series * inverse


def poisson(rate: Any, seed: Any) -> Any:
    """Draw whole numbers from Poisson distributions, in the dtype of ``rate``. Keras has no such operation.

    Parameters
    ----------
    rate : tensor
    seed : int or keras.random.SeedGenerator

    Returns
    -------
    tensor, of the shape of ``rate``
    """
    backend = keras.backend.backend()
    kind = "uint32" if backend == "jax" else "int64"  # as Keras's own generators have it
    state = ops.convert_to_tensor([seed, 0], kind) if isinstance(seed, int) else seed.next()
    if backend == "jax":
        import jax  # noqa: PLC0415

        return ops.cast(jax.random.poisson(state, rate), rate.dtype)
    if backend == "torch":
        import torch  # noqa: PLC0415

        generator = torch.Generator(device=rate.device).manual_seed(int(state.sum()) & 0xFFFFFFFF)
        return torch.poisson(rate, generator=generator)
    import tensorflow as tf  # noqa: PLC0415

    return tf.random.stateless_poisson(tf.shape(rate), tf.cast(state % 2**31, "int32"), rate, rate.dtype)


def gamma(alpha: Any, seed: Any) -> Any:
    """Draw from gamma distributions of scale 1; the draws have a gradient with respect to ``alpha``.

    The gradient is implicit (arXiv:1805.08498). Those of Keras's own draws have none on torch.

    Parameters
    ----------
    alpha : tensor
    seed : int or keras.random.SeedGenerator

    Returns
    -------
    tensor, of the shape of ``alpha``
    """
    if keras.backend.backend() != "torch":
        return keras.random.gamma(ops.shape(alpha), alpha, dtype=alpha.dtype, seed=seed)
    import torch  # noqa: PLC0415

    if alpha.device.type == "meta":  # while Keras finds out shapes
        return torch.empty_like(alpha)
    state = seed if isinstance(seed, int) else int(seed.next().sum())
    return torch._standard_gamma(alpha, generator=torch.Generator(alpha.device).manual_seed(state & 0xFFFFFFFF))  # noqa: SLF001 it has no public name


def _backend_function(names: dict[str, str]) -> Callable[[Any], Any]:
    """Return the function of the backend's own module; ``names`` has its name by backend."""
    backend = keras.backend.backend()
    function = operator.attrgetter(names[backend])(importlib.import_module(backend))
    return lambda x: function(ops.convert_to_tensor(x))


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
