"""Arrays as given by the caller, checked: rank, numbers only, finite, not empty, lengths that agree."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from zukan import checks

Floats = NDArray[np.floating[Any]]


def array(name: str, value: Any, rule: str, *, ndim: int | None = None, least: int = 0,
          finite: bool = True) -> Floats:
    """Return ``value`` as finite floats of rank ``ndim``, or at least ``least``; ``rule`` words the shape wanted."""
    try:
        result = np.asarray(value)
    except (TypeError, ValueError):  # rows of different lengths
        result = np.asarray(None)
    if result.dtype.kind in "cmMOSTU":
        raise checks.InputError(f"{name} must be an array of numbers of shape {rule}, got {checks.show(value)}")
    result = result.astype(np.float32 if result.dtype.itemsize <= 4 else np.float64, copy=False)
    if result.ndim != ndim if ndim is not None else result.ndim < least:
        raise checks.InputError(f"{name} must have shape {rule}, got {checks.show(result)}")
    if not result.size:
        raise checks.InputError(f"{name} must not be empty, got {checks.show(result)}; pass at least one item")
    if finite and not np.isfinite(result).all():
        count = int(result.size - np.isfinite(result).sum())
        raise checks.InputError(
            f"{name} must be finite, got {count} NaN or infinite of {result.size} values; remove or replace them")
    return result


def same(name: str, value: Any, wanted: int, other: str) -> None:
    """Raise unless ``value`` has one entry for each of the ``wanted`` entries of ``other``."""
    found = checks.show(value) if isinstance(value, str) or not hasattr(value, "__len__") else len(value)
    if found != wanted:
        raise checks.InputError(f"{name} must have one entry for each of the {wanted} {other}, got {found}")


def texts(name: str, value: Any, wanted: int, other: str) -> list[str]:
    """Return ``value`` as ``wanted`` texts."""
    same(name, value, wanted, other)
    return [str(text) for text in value]


def dims(value: Any, width: int | None = None) -> tuple[int, int]:
    """Return ``value`` as two different latent dimensions, of ``width`` where that is known."""
    pair = tuple(value) if hasattr(value, "__len__") else ()
    whole = all(isinstance(dim, (int, np.integer)) and dim >= 0 and (width is None or dim < width) for dim in pair)
    if len(pair) != 2 or not whole or pair[0] == pair[1]:
        upto = "" if width is None else f" to {width - 1}"
        raise checks.InputError(f"dims must be two different latent dimensions from 0{upto}, got {checks.show(value)}")
    return int(pair[0]), int(pair[1])


def ascending(name: str, values: Floats) -> None:
    """Raise unless each of ``values`` is above the one before."""
    if (np.diff(values) <= 0).any():
        place = int(np.argmax(np.diff(values) <= 0))
        raise checks.InputError(f"{name} must ascend, got {values[place]:g} before {values[place + 1]:g}; sort it")
