"""How data lies on devices: as floats, as bytes if floats do not fit, with its rows divided, or not at all."""

from __future__ import annotations

from typing import Any

import numpy as np
from keras import tree

from zukan.compiled.items import Stored
from zukan.compiled.placement import Placement
from zukan.streamed import Streamed, slices

SHARE = 0.5  # of a device's memory that data may take; the rest is for the model and its activations
LEVELS = np.arange(256, dtype="float32") / np.float32(255)  # of images with a byte per channel


def stored(arrays: Any, placement: Placement) -> Any:
    """Return ``arrays`` as they fit on the devices of ``placement``; None if they do not.

    Whole on each device as float32, else whole as bytes, else with the rows divided among the devices: then each step
    fetches its batch from all of them.
    """
    flat, limit = tree.flatten(arrays), memory()
    if fit(arrays):
        whole = {id(array): placement.whole(array) for array in {id(array): array for array in flat}.values()}
        return tree.map_structure(lambda array: whole[id(array)], arrays)  # x may be there twice
    if not _are_in_memory(flat):
        return None
    flat = [as_bytes(array) or array for array in flat]
    for put, room in ((placement.whole, limit), (placement.by_rows, limit * placement.devices)):
        if _size(flat) <= room:
            return tree.pack_sequence_as(arrays, [
                leaf._replace(values=put(leaf.values)) if isinstance(leaf, Stored) else put(leaf) for leaf in flat])
    return None


def fit(arrays: Any) -> bool:
    """Return whether ``arrays`` are in memory and fit whole on one device, as float32."""
    flat = tree.flatten(arrays)
    return _are_in_memory(flat) and _size(flat) <= memory()


def memory() -> float:
    """Return the bytes of data that fit on one device."""
    import jax  # noqa: PLC0415 only this path needs it

    return SHARE * (jax.local_devices()[0].memory_stats() or {}).get("bytes_limit", float("inf"))


def as_bytes(array: np.ndarray) -> Stored | None:
    """Return images as bytes, if the bytes give exactly the same floats."""
    if array.dtype != np.float32 or array.ndim < 2:
        return None
    values = np.empty(array.shape, "uint8")
    for piece in slices(array):
        scaled = np.rint(array[piece] * 255)
        if not ((scaled >= 0) & (scaled <= 255)).all():  # also if there are missing values
            return None
        values[piece] = scaled
        if not np.array_equal(LEVELS[values[piece]], array[piece]):
            return None
    return Stored(values, LEVELS)


def floats(leaf: Any) -> Any:
    """Return a stored array as floats; bytes use a table, because XLA's division rounds differently from NumPy's."""
    if not isinstance(leaf, Stored):
        return leaf
    if not len(leaf.levels):
        return leaf.values.astype(leaf.levels.dtype)
    return leaf.levels.at[leaf.values].get(mode="promise_in_bounds")


def _are_in_memory(flat: list[Any]) -> bool:
    return not any(isinstance(array, (Streamed, np.memmap)) for array in flat)


def _size(flat: list[Any]) -> int:
    return sum((leaf.values if isinstance(leaf, Stored) else leaf).nbytes for leaf in flat)
