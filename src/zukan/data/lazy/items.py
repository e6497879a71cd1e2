"""Items: an array whose rows are read when needed; in memory, decoded each time, or joined from several."""

from __future__ import annotations

import copy
import math
import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from zukan import checks
from zukan.data.values import check_finite, count_missing, limits
from zukan.streamed import slices

Array = npt.NDArray[Any]


class Items(ABC):
    """An array of known ``shape`` and ``dtype`` whose rows are read when needed, from any thread.

    Parameters
    ----------
    shape : tuple of int
    dtype : dtype
    name : str
        Name of the array in messages.

    Attributes
    ----------
    keeps_missing : bool
        Whether NaN stands for a missing value; otherwise it is refused.
    """

    keeps_missing = False

    def __init__(self, shape: Sequence[int], dtype: Any, name: str) -> None:
        self.shape = tuple(shape)
        self.dtype = np.dtype(dtype)
        self.name = name
        self.selected: npt.NDArray[np.intp] | None = None  # row numbers in the whole array, after `take`

    def __len__(self) -> int:
        return self.shape[0]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r}, {self.dtype} {self.shape})"

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """Number of values."""
        return math.prod(self.shape)

    def __getitem__(self, rows: Any) -> Array:
        """Read the rows at a slice or an array of row numbers."""
        numbers = row_numbers(rows, len(self))
        return self._read(numbers if self.selected is None else self.selected[numbers])

    def take(self, rows: Array) -> Items:
        """Return the items at the given row numbers, without reading them."""
        part = copy.copy(self)
        part.selected = np.asarray(rows) if self.selected is None else self.selected[rows]
        part.shape = (len(part.selected), *self.shape[1:])
        return part

    def with_missing(self) -> Items:
        """Return the same items, of which NaN values are missing values."""
        items = copy.copy(self)
        items.keeps_missing = True
        return items

    @abstractmethod
    def _read(self, numbers: npt.NDArray[np.intp]) -> Array:
        """Read rows, numbered as in the whole array, before any `take`."""

    def survey(self, update: Callable[[Any], Any] = lambda _: None) -> None:
        """Read all rows once: call ``update`` with their bytes, check the values, find `limits` and count `missing`.

        Raises
        ------
        zukan.InputError
            If a value is not finite in float32, unless it is NaN and the items keep missing values.
        """
        smallest: Any = np.nan
        largest: Any = np.nan
        missing = 0
        for piece in slices(self):
            x = np.ascontiguousarray(self[piece])
            update(x.reshape(-1).view(np.uint8).data)
            check_finite(self.name, x, missing=self.keeps_missing, start=piece.start)
            low, high = limits(x, axis=0 if x.ndim == 2 else None)
            smallest, largest = np.fmin(smallest, low), np.fmax(largest, high)
            missing += count_missing(x) if self.keeps_missing else 0
        self.limits = smallest, largest
        self.missing = missing

    @cached_property
    def limits(self) -> tuple[Any, Any]:
        """The smallest and the largest value of all rows, before any `take`; per feature if items are vectors.

        NaN is ignored; a feature without any other value has NaN.
        """
        self.survey()
        return self.__dict__["limits"]

    @cached_property
    def missing(self) -> int:
        """The number of missing values before any `take`."""
        self.survey()
        return self.__dict__["missing"]


class ArrayItems(Items):
    """An array in memory that is scaled only when it is read, so that bytes take no more memory than bytes."""

    def __init__(self, array: Array, name: str) -> None:
        super().__init__(array.shape, array.dtype, name)
        self.array = array

    def _read(self, numbers: npt.NDArray[np.intp]) -> Array:
        return self.array[numbers]


class DecodedItems(Items):
    """Items that are decoded each time they are read.

    Parameters
    ----------
    decode : callable
        From a row number to an array of shape ``shape[1:]``. Must be picklable for worker processes.
    files : sequence of str
        The file of each row, for messages.
    shape, dtype, name
        As for `Items`.
    """

    def __init__(self, decode: Callable[[int], Array], files: Sequence[str], shape: Sequence[int], dtype: Any,
                 name: str) -> None:
        super().__init__(shape, dtype, name)
        self.decode = decode
        self.files = files

    def _read(self, numbers: npt.NDArray[np.intp]) -> Array:
        x = np.empty((len(numbers), *self.shape[1:]), self.dtype)
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            for i, item in enumerate(pool.map(self._decode, numbers.tolist())):
                x[i] = item
        return x

    def _decode(self, number: int) -> Array:
        try:
            return self.decode(number)
        except Exception as error:  # a file that was deleted or damaged can raise any error
            raise checks.InputError(
                f"file {self.files[number]!r} of {self.name!r} must not change while it is in use, but it can no "
                f"longer be read ({checks.show(str(error))}); restore it, and continue with zukan resume") from error


class TurnedItems(Items):
    """Items of shape (channels, height, width), read as (height, width, channels)."""

    def __init__(self, items: Items) -> None:
        n, channels, height, width = items.shape
        super().__init__((n, height, width, channels), items.dtype, items.name)
        self.items = items

    def _read(self, numbers: npt.NDArray[np.intp]) -> Array:
        return np.moveaxis(self.items[numbers], 1, -1)


class JoinedItems(Items):
    """Several items, one after the other."""

    def __init__(self, parts: Sequence[Items]) -> None:
        first = parts[0]
        super().__init__((sum(map(len, parts)), *first.shape[1:]), np.result_type(*(part.dtype for part in parts)),
                         first.name)
        self.parts = parts
        self.keeps_missing = first.keeps_missing

    def _read(self, numbers: npt.NDArray[np.intp]) -> Array:
        x = np.empty((len(numbers), *self.shape[1:]), self.dtype)
        start = 0
        for part in self.parts:
            in_part = (start <= numbers) & (numbers < start + len(part))
            if in_part.any():
                x[in_part] = part[numbers[in_part] - start]
            start += len(part)
        return x


def take(x: Array | Items, rows: Array) -> Any:
    """Return the items of ``x`` at the given row numbers; an `Items` is not read."""
    return x.take(rows) if isinstance(x, Items) else x[rows]


def channels_last(x: Array | Items) -> Any:
    """Return images of shape (n, channels, height, width) as (n, height, width, channels)."""
    return TurnedItems(x) if isinstance(x, Items) else np.ascontiguousarray(np.moveaxis(x, 1, -1))


def row_numbers(rows: Any, n: int) -> npt.NDArray[np.intp]:
    """Return a slice, a mask or row numbers as row numbers from 0 to ``n - 1``, or raise ``IndexError``."""
    if isinstance(rows, slice):
        return np.arange(*rows.indices(n))
    numbers = np.asarray(rows)
    if numbers.dtype == np.bool_:
        return np.flatnonzero(numbers)
    numbers = np.where(numbers < 0, numbers + n, numbers).astype(np.intp, copy=False)
    if numbers.size and not (numbers.min() >= 0 and numbers.max() < n):
        raise IndexError(f"row numbers must be below {n}")
    return numbers
