"""Values: the limits of an array, and the refusal of values that are not finite; NaN may be a missing value."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from zukan import checks

KEEP = "pass missing=True (--missing) to keep missing values"  # the way out for all messages about NaN
_LIMIT = np.finfo(np.float32).max


def limits(x: npt.NDArray[Any], axis: int | None = None) -> tuple[Any, Any]:
    """Return the smallest and the largest value, ignoring NaN; NaN if there is no other value."""
    with np.errstate(invalid="ignore"):
        low, high = x.min(axis=axis), x.max(axis=axis)  # as quick as can be, and NaN if any value is
        if x.dtype.kind != "f" or not np.isnan(low).any():
            return low, high
        return np.fmin.reduce(x, axis=axis), np.fmax.reduce(x, axis=axis)


def count_missing(x: npt.NDArray[Any]) -> int:
    """Return how many values are NaN."""
    return int(np.count_nonzero(np.isnan(x))) if x.dtype.kind == "f" else 0


def canonical(x: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return ``x`` with the same bytes for every NaN; ``x`` itself if it holds none."""
    if not count_missing(x):
        return x
    return np.where(np.isnan(x), x.dtype.type(np.nan), x)


def unmasked(name: str, x: Any, *, missing: bool = False) -> Any:
    """Return a masked array as a plain one, with NaN for masked values if ``missing``; anything else unchanged.

    Raises
    ------
    zukan.InputError
        If values are masked, and they may not be missing or have a dtype without NaN.
    """
    if not isinstance(x, np.ma.MaskedArray):
        return x
    count = np.count_nonzero(np.ma.getmaskarray(x))
    if not count:
        return x.data
    if missing and x.dtype.kind == "f":
        return x.filled(np.nan)
    keep = f", or {KEEP}" if x.dtype.kind == "f" and not missing else ""
    raise checks.InputError(f"{name} must hold a value everywhere, but {count:,} of {x.size:,} values are masked; fill "
                            f"them with x.filled(...), or drop those items{keep}")


def check_finite(name: str, x: npt.NDArray[Any], *, missing: bool, start: int = 0) -> None:
    """Raise `checks.InputError` unless all values are finite in float32, or NaN if ``missing``.

    Parameters
    ----------
    name : str
        What the message calls the array.
    x : array
    missing : bool
        Whether NaN stands for a missing value.
    start : int
        The row number of the first row of ``x``, for the message.
    """
    if x.dtype.kind != "f":
        return
    with np.errstate(invalid="ignore"):
        if x.min() >= -_LIMIT and x.max() <= _LIMIT:  # False for NaN too, and takes no memory
            return
        is_bad = ~(np.abs(x) <= _LIMIT)
    if missing:
        is_bad &= ~np.isnan(x)
        if not is_bad.any():
            return
    place = tuple(int(i) for i in np.argwhere(is_bad)[0])
    fix = f"remove or replace them, or {KEEP}" if np.isnan(x[place]) else "remove or replace them"
    raise checks.InputError(
        f"{name} must hold finite float32 values, got {x[place]} at index {(start + place[0], *place[1:])} "
        f"(affected values: {np.count_nonzero(is_bad):,}); {fix}")
