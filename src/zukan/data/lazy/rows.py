"""Rows: `Items` as a model sees them, scaled to float32 when they are read."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from zukan.data import values
from zukan.data.lazy.items import Array, Items, row_numbers
from zukan.data.scaling import Scaling
from zukan.streamed import Streamed

_SMALL = ("bool", "uint8", "float16")  # dtypes that `raw` returns as they are stored


class Rows(Streamed):
    """Streamed items of a data set, float32 of shape (n, *event).

    Files are read, not mapped into memory, so that memory use does not grow as more is read.

    Parameters
    ----------
    items : Items
    scaling : Scaling
    workers : int, default 0
        Worker processes that read during training; 0 uses threads.
    """

    def __init__(self, items: Items, scaling: Scaling, workers: int = 0) -> None:
        self.items = items
        self.scaling = scaling
        self.workers = workers
        self._add_channels = items.ndim == 3 and not scaling.signals
        self.shape = (*items.shape, 1) if self._add_channels else items.shape
        self._is_small = not np.ndim(scaling.factor) and items.dtype.name in _SMALL and (
            items.dtype == np.uint8 or scaling.factor == 1) and not scaling.binarized
        has_levels = self._is_small and items.dtype == np.uint8
        self.levels = scaling.apply(np.arange(256, dtype=np.uint8)) if has_levels else np.empty(0, np.float32)

    def __repr__(self) -> str:
        return f"Rows({self.items.name!r}, {self.items.dtype} {self.shape})"

    @property
    def limits(self) -> tuple[float, float]:
        """The smallest and the largest value of all items of the source, after scaling; NaN is ignored."""
        low, high = (self.scaling.scale(np.atleast_2d(limit)) for limit in self.items.limits)
        ends = float(values.limits(low)[0]), float(values.limits(high)[1])
        return (math.floor(ends[0]), math.ceil(ends[1])) if self.scaling.binarized else ends

    @property
    def missing(self) -> int:
        """The number of missing values of all items of the source."""
        return self.items.missing

    def take(self, rows: Any) -> Rows:
        """Return the items at a slice or an array of row numbers, without reading them."""
        return Rows(self.items.take(row_numbers(rows, len(self))), self.scaling, self.workers)

    def read_by(self, workers: int) -> Rows:
        """Return the same items, read by ``workers`` processes."""
        return Rows(self.items, self.scaling, workers)

    def with_scaling(self, scaling: Scaling) -> Rows:
        """Return the same items, scaled in another way."""
        return Rows(self.items, scaling, self.workers)

    def __getitem__(self, rows: Any) -> npt.NDArray[np.float32]:
        """Read one item, or the items at a slice or an array of row numbers."""
        if np.ndim(rows) == 0 and not isinstance(rows, slice):
            return self[np.array([rows])][0]
        return self.scaling.apply(self.items[rows])

    def raw(self, rows: Any) -> Array:
        """Read the same items in their stored dtype if it is smaller than float32, else scaled."""
        if not self._is_small:
            return self[rows]
        x = self.items[rows]
        return x[..., np.newaxis] if self._add_channels else x
