"""Binarized data: each item is drawn once from its gray levels, and is the same item wherever it is read."""

from __future__ import annotations

import hashlib

import numpy as np
import numpy.typing as npt

from zukan import checks

_PERSON = b"zukan binarize 1"  # names this draw; another text gives another one
TEXTS = {
    "static": "every value is drawn once, as 1 with the probability of its gray level (zukan's own draw, fixed for "
              "each item)",
    "dynamic": "training items are drawn anew in each step; test items are drawn once (zukan's own draw, fixed for "
               "each item)"}


def draw(x: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return 0 or 1 for every value of ``x``: 1 with the probability x.

    The draw depends on nothing but the values of the item: not on the seed, on its place, or on the other items. So the
    test items of a run are the same through every door, in any order, and also if they are streamed. Equal items get
    equal draws. The uniform numbers come from NumPy's ``Philox``, whose key is the 128-bit BLAKE2b of the item as
    little-endian float32. Static binarization is due to Salakhutdinov and Murray (doi:10.1145/1390156.1390266).

    Parameters
    ----------
    x : float32 array, shape (n, *event), values in [0, 1]
        NaN, a missing value, stays NaN.
    """
    drawn = np.empty(x.shape, np.float32)
    for item, result in zip(np.ascontiguousarray(x + np.float32(0), "<f4"), drawn, strict=True):  # + 0: no -0.0
        key = int.from_bytes(hashlib.blake2b(item.tobytes(), digest_size=16, person=_PERSON).digest(), "little")
        result[...] = np.random.Generator(np.random.Philox(key=key)).random(item.shape) < item
    drawn[np.isnan(x)] = np.nan
    return drawn


def check(low: float, high: float) -> None:
    """Raise `checks.InputError` unless values from ``low`` to ``high`` are probabilities."""
    if low < 0 or high > 1:
        raise checks.InputError(f"binarize must be 'none' unless all values lie in [0, 1], got values from {low:g} to "
                                f"{high:g}; divide them by their maximum, or leave binarize out")
