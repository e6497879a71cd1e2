"""The items themselves: check an array, scale it to float32, fingerprint it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from zukan import checks
from zukan.data.rows import Items, Rows

Array = npt.NDArray[Any]


def check_items(label: str, x: Array | Items) -> None:
    """Raise `InputError`, with ``label`` in front, unless ``x`` can be training data; `Items` are not read for that."""
    if x.dtype != np.uint8 and x.dtype.kind not in "bf":
        fix = "convert it to float32"
        if x.dtype.kind in "iu":
            fix = "convert it to uint8 when its values are 0..255, or to float32 and scale it"
        raise checks.InputError(f"{label} must hold uint8, bool or floating-point values, got dtype {x.dtype}; {fix}")
    if not 2 <= x.ndim <= 4:
        raise checks.InputError(
            f"{label} must have shape (n, d), (n, height, width) or (n, height, width, channels), "
            f"got shape {x.shape}; reshape it so that its first axis counts the items")
    if not x.size:
        raise checks.InputError(
            f"{label} must not be empty, got shape {x.shape}; give items with at least one value each")
    if x.dtype.kind == "f" and isinstance(x, np.ndarray):
        _check_finite(label, x)


def _check_finite(label: str, x: Array) -> None:
    limit = np.finfo(np.float32).max
    with np.errstate(invalid="ignore"):
        if -limit <= x.min() and x.max() <= limit:  # false for NaN too, and needs no array of flags
            return
    bad = ~(np.abs(x) <= limit)
    where = tuple(int(i) for i in np.argwhere(bad)[0])
    raise checks.InputError(
        f"{label} must hold finite float32 values, got {x[where]} at index {where} "
        f"({np.count_nonzero(bad)} such in all); remove or replace them")


def value_range(*arrays: Array | Rows) -> tuple[float, float]:
    """Return the least and the greatest value over all ``arrays``."""
    limits = [x.limits if isinstance(x, Rows) else (float(x.min()), float(x.max())) for x in arrays]
    return min(low for low, _ in limits), max(high for _, high in limits)


def fingerprint(arrays: Mapping[str, Array | Items]) -> str:
    """Return the SHA-256 over each array's name, dtype, shape and bytes, in the order of ``arrays``.

    Items are gone through for it, and so found to be finite.
    """
    digest = hashlib.sha256()
    for name, array in arrays.items():
        digest.update(f"{name} {array.dtype.str} {array.shape}\n".encode())
        if isinstance(array, Items):
            array.survey(digest.update)
        else:
            digest.update(np.ascontiguousarray(array).reshape(-1).view(np.uint8).data)
    return digest.hexdigest()
