"""Checks of what users pass to a model."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

from zukan import checks
from zukan.likelihoods import Likelihood
from zukan.streamed import Streamed


def check_shape(event_shape: Any) -> tuple[int, ...]:
    """Return the shape of one example as a tuple of positive integers."""
    if not isinstance(event_shape, (tuple, list)) or not event_shape:
        raise checks.InputError(
            f"event_shape must be the shape of one example, such as (28, 28, 1) or (784,), "
            f"got {checks.show(event_shape)}")
    return tuple(checks.integer("event_shape", size) for size in event_shape)


def check_items(argument: str, x: Any, event_shape: tuple[int, ...], likelihood: Likelihood) -> Any:
    """Return arrays as floats of the right shape and range, and streamed items as they are.

    Anything else, such as a data set or a generator, is returned unchecked for Keras to handle.
    """
    if not (hasattr(x, "__array__") or isinstance(x, (list, tuple))):
        return x
    x = x if isinstance(x, (np.ndarray, Streamed)) else np.asarray(x)
    if x.shape[1:] != event_shape or not len(x):
        fix = ("add the channel axis with x[..., None]" if (*x.shape[1:], 1) == event_shape else
               f"reshape it, or build VAE(event_shape={x.shape[1:]})")
        shape = ", ".join(map(str, ("n", *event_shape)))
        raise checks.InputError(f"{argument} must have shape ({shape}) with n at least 1, got {x.shape}; {fix}")
    if not np.issubdtype(x.dtype, np.floating):
        fix = "divide by 255 to get floats in [0, 1]" if x.dtype.kind in "ui" else "convert it to float32"
        raise checks.InputError(f"{argument} must hold floats, got {x.dtype}; {fix}")
    likelihood.check(argument, x)
    return x if isinstance(x, (np.memmap, Streamed)) else x.astype(keras.config.floatx(), copy=False)


def check_codes(z: Any, latent_dim: int) -> np.ndarray:
    """Return codes as finite floats of shape ``(n, latent_dim)``."""
    codes = np.asarray(z)
    if codes.ndim != 2 or codes.shape[1] != latent_dim or not len(codes) or codes.dtype.kind not in "fiu":
        raise checks.InputError(
            f"z must be numbers of shape (n, {latent_dim}) with n at least 1, got {checks.show(z)}")
    if not np.isfinite(codes).all():
        raise checks.InputError("z must be finite, got NaN or infinity; remove or replace those values")
    return codes.astype(keras.config.floatx())


def check_no_labels(x: Any, y: Any) -> None:
    """Raise `checks.InputError` if there is no ``x``, or if there are labels ``y``."""
    if x is None:
        raise checks.InputError("x must be given, got None; call fit(x)")
    if y is not None and y is not x:
        raise checks.InputError(
            f"y must not be given, since a VAE is trained on x alone, got {checks.show(y)}; call fit(x)")


def check_weights(sample_weight: Any, n: int) -> None:
    """Raise `checks.InputError` unless there is one weight for each of the ``n`` examples, or none at all."""
    if sample_weight is not None and np.shape(sample_weight) != (n,):
        raise checks.InputError(
            f"sample_weight must have shape ({n},), one weight per example, got {np.shape(sample_weight)}")
