"""Checks of the arrays and sequences that callers pass: shape, finite numbers, matching lengths."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from zukan import checks

Floats = NDArray[np.floating[Any]]


def array(name: str, value: Any, shape: str, *, ndim: int | None = None, min_ndim: int = 0,
          finite: bool = True, missing: bool = False) -> Floats:
    """Return ``value`` as an array of floats with ``ndim`` axes, or at least ``min_ndim``; else raise `InputError`.

    Parameters
    ----------
    name : str
        The argument's name, for the message.
    value : array-like
    shape : str
        The required shape in words, for the message.
    ndim, min_ndim : int, optional
    finite : bool
        Reject NaN and infinite values.
    missing : bool
        Allow NaN all the same, for missing values.
    """
    try:
        result = np.asarray(value)
    except (TypeError, ValueError):  # rows of different lengths
        result = np.asarray(None)
    if result.dtype.kind in "cmMOSTU":
        raise checks.InputError(f"{name} must be an array of numbers of shape {shape}, got {checks.show(value)}")
    result = result.astype(np.float32 if result.dtype.itemsize <= 4 else np.float64, copy=False)
    if result.ndim != ndim if ndim is not None else result.ndim < min_ndim:
        raise checks.InputError(f"{name} must have shape {shape}, got {checks.show(result)}")
    if not result.size:
        raise checks.InputError(f"{name} must not be empty, got {checks.show(result)}; pass at least one item")
    is_allowed = np.isfinite(result) | np.isnan(result) if missing else np.isfinite(result)
    if finite and not is_allowed.all():
        kind = "infinite" if missing else "NaN or infinite"
        count = int(result.size - is_allowed.sum())
        raise checks.InputError(
            f"{name} must be finite, got {count} {kind} of {result.size} values; remove or replace them")
    return result


def same_length(name: str, value: Any, length: int, other: str) -> None:
    """Raise `InputError` unless ``value`` has one entry for each of the ``length`` entries of ``other``."""
    size = checks.show(value) if isinstance(value, str) or not hasattr(value, "__len__") else len(value)
    if size != length:
        raise checks.InputError(f"{name} must have one entry for each of the {length} {other}, got {size}")


def same_shape(arrays: dict[str, Floats]) -> None:
    """Raise `InputError` unless all arrays, by name, have the same shape."""
    (first, wanted), *others = ((name, array.shape) for name, array in arrays.items())
    for name, shape in others:
        if shape != wanted:
            raise checks.InputError(f"{name} must have the shape of {first}, {wanted}, got {shape}")


def texts(name: str, value: Any, length: int, other: str) -> list[str]:
    """Return ``value`` as ``length`` strings, one for each entry of ``other``."""
    same_length(name, value, length, other)
    return [str(text) for text in value]


def dims(value: Any, latent_dim: int | None = None) -> tuple[int, int]:
    """Return ``value`` as two different latent dimensions, below ``latent_dim`` if it is given."""
    pair = tuple(value) if hasattr(value, "__len__") else ()
    valid = all(isinstance(dim, (int, np.integer)) and dim >= 0 and (latent_dim is None or dim < latent_dim)
                for dim in pair)
    if len(pair) != 2 or not valid or pair[0] == pair[1]:
        limit = "" if latent_dim is None else f" to {latent_dim - 1}"
        raise checks.InputError(
            f"dims must be two different latent dimensions from 0{limit}, got {checks.show(value)}")
    return int(pair[0]), int(pair[1])


def ascending(name: str, values: Floats) -> None:
    """Raise `InputError` unless ``values`` are strictly ascending."""
    if (np.diff(values) <= 0).any():
        i = int(np.argmax(np.diff(values) <= 0))
        raise checks.InputError(
            f"{name} must be in ascending order, got {values[i]:g} before {values[i + 1]:g}; sort it")
