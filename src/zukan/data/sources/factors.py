"""The factors that items were made from, among arrays by name: ``factors``, or ``factors_train``, ``factors_test``.

Each has shape (n, k) and whole numbers; ``factor_names`` names the k columns.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from zukan import checks
from zukan.data.checking import as_array
from zukan.data.sources.base import Part

NAMES = "factor_names"
_KEYS = {"x": "factors", "x_train": "factors_train", "x_test": "factors_test"}
KEYS = {*_KEYS.values(), NAMES}
Factors = Mapping[str, npt.NDArray[np.int64]]


def read(arrays: Mapping[str, Any], x: str, count: int, where: str) -> Factors:
    """Return the factors of the items ``x`` by name; none if the arrays hold none.

    Parameters
    ----------
    arrays : mapping of str to array
    x : str
        The name of the items.
    count : int
        Number of items.
    where : str
        What follows the name of an array in messages.

    Raises
    ------
    zukan.InputError
        If they are not whole numbers, or not one row for each item.
    """
    key = _KEYS.get(x, _KEYS["x"])
    if key not in arrays or key == x:
        return {}
    values = as_array(f"{key}{where}", lambda: arrays[key][:])
    if values.ndim != 2 or len(values) != count or values.dtype.kind not in "biu":
        raise checks.InputError(
            f"{key}{where} must hold whole numbers of shape (n, k), a row for each of {count} items, got "
            f"{values.dtype} of shape {values.shape}; number the values of each factor 0, 1, 2, …")
    names = np.array([f"factor {i + 1}" for i in range(values.shape[1])])
    if NAMES in arrays:
        names = as_array(f"{NAMES}{where}", lambda: arrays[NAMES])
    if names.shape != values.shape[1:] or names.dtype.kind != "U" or len(set(names.tolist())) < len(names):
        raise checks.InputError(f"{NAMES}{where} must hold a different text for each of {values.shape[1]} factors, got "
                                f"{checks.show(names)}; name each once, or remove {NAMES}")
    return dict(zip(names.tolist(), values.astype(np.int64).T, strict=True))


def joined(parts: Sequence[Part]) -> Factors:
    """Return the factors of the items of all parts, one after the other; none unless all parts have the same."""
    first, *others = [part.factors for part in parts]
    if any(other.keys() != first.keys() for other in others):
        return {}
    return {name: np.concatenate([part.factors[name] for part in parts]) for name in first}


def by_name(x: str, factors: Factors) -> dict[str, npt.NDArray[Any]]:
    """Return factors as arrays by name, so that `read` returns them."""
    if not factors:
        return {}
    return {_KEYS[x]: np.stack(list(factors.values()), axis=1), NAMES: np.array(list(factors))}
