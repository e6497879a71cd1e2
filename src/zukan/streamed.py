"""Streamed: the abstract base class of data larger than memory."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any, Self

import numpy as np
import numpy.typing as npt

AT_ONCE = 1 << 23  # bytes in one read when all items are read in order


class Streamed(ABC):
    """Items that are read when needed; otherwise like a float32 array of shape ``(n, *event_shape)``.

    Attributes
    ----------
    shape : tuple of int
    workers : int
        Worker processes that read during training; 0 uses threads.
    levels : array of float32, shape (256,) or (0,)
        The value of each byte, if the items are stored as bytes.
    """

    shape: tuple[int, ...]
    workers: int
    levels: npt.NDArray[np.float32]
    dtype = np.dtype("float32")

    def __len__(self) -> int:
        return self.shape[0]

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> npt.NDArray[Any]:  # noqa: FBT001 NumPy's signature
        """Read everything into memory."""
        return self[:].astype(dtype or self.dtype, copy=False)

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return len(self.shape)

    @property
    def nbytes(self) -> int:
        """Bytes that all items would take in memory."""
        return self.dtype.itemsize * math.prod(self.shape)

    @property
    @abstractmethod
    def limits(self) -> tuple[float, float]:
        """The smallest and the largest value, ignoring NaN; NaN if there is no other value."""

    @property
    @abstractmethod
    def missing(self) -> int:
        """The number of missing values, which are NaN."""

    @abstractmethod
    def __getitem__(self, rows: Any) -> npt.NDArray[np.float32]:
        """Read one item, or the items at a slice or an array of row numbers."""

    @abstractmethod
    def raw(self, rows: Any) -> npt.NDArray[Any]:
        """Read the same items as they are stored; `levels` or a cast to float32 gives the values."""

    @abstractmethod
    def take(self, rows: Any) -> Self:
        """Return the items at a slice or an array of row numbers, without reading them."""

    @abstractmethod
    def read_by(self, workers: int) -> Self:
        """Return the same items, read by ``workers`` processes."""


def slices(x: Any, size: int = AT_ONCE) -> Iterator[slice]:
    """Yield slices that cut ``x`` into pieces of at most about ``size`` bytes."""
    step = max(1, size // max(1, math.prod(x.shape[1:]) * x.dtype.itemsize))
    for start in range(0, len(x), step):
        yield slice(start, start + step)
