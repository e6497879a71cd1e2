"""Items that stay where they are and are read when asked for, so that a data set may be larger than memory."""

from __future__ import annotations

import copy
import math
import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from zukan import checks
from zukan.data.scaling import Scaling
from zukan.streamed import Streamed, slices

Array = npt.NDArray[Any]
WINDOW = 1 << 20  # bytes of a file read at once
GAP = 1 << 14  # rows of a file that are nearer than this are read in one go with what lies between
SMALL = ("bool", "uint8", "float16")  # what stays as it is until the step, where it is cast


class Items(ABC):
    """An array by rows: it has ``shape`` and ``dtype``, and its rows are read when asked for, from any thread.

    Parameters
    ----------
    shape : tuple of int
    dtype : dtype
    label : str
        What messages call it.
    """

    def __init__(self, shape: Sequence[int], dtype: Any, label: str) -> None:
        self.shape = tuple(shape)
        self.dtype = np.dtype(dtype)
        self.label = label
        self.index: npt.NDArray[np.intp] | None = None

    def __len__(self) -> int:
        return self.shape[0]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.label!r}, {self.dtype} {self.shape})"

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """Number of values."""
        return math.prod(self.shape)

    def __getitem__(self, rows: Any) -> Array:
        """Return the rows that a slice or an array of row numbers picks."""
        numbers = _numbers(rows, len(self))
        return self._read(numbers if self.index is None else self.index[numbers])

    def take(self, rows: Array) -> Items:
        """Return the items of those row numbers, unread."""
        part = copy.copy(self)
        part.index = np.asarray(rows) if self.index is None else self.index[rows]
        part.shape = (len(part.index), *self.shape[1:])
        return part

    @abstractmethod
    def _read(self, numbers: npt.NDArray[np.intp]) -> Array:
        """Return rows of the whole array, whatever `take` left of it."""

    def survey(self, update: Callable[[Any], Any] = lambda _: None) -> None:
        """Go through all rows once: hand their bytes to ``update`` and find `limits`.

        Raises
        ------
        zukan.InputError
            When a value is not finite in float32.
        """
        low: Any = np.inf
        high: Any = -np.inf
        for part in slices(self):
            x = np.ascontiguousarray(self[part])
            update(x.reshape(-1).view(np.uint8).data)
            axis = 0 if x.ndim == 2 else None
            with np.errstate(invalid="ignore"):
                lowest, highest = x.min(axis=axis), x.max(axis=axis)
            if x.dtype.kind == "f":
                self._check_finite(x, lowest, highest, part.start)
            low, high = np.minimum(low, lowest), np.maximum(high, highest)
        self.limits = low, high

    def _check_finite(self, x: Array, lowest: Any, highest: Any, start: int) -> None:
        largest = np.finfo(np.float32).max
        if np.all(lowest >= -largest) and np.all(highest <= largest):
            return
        with np.errstate(invalid="ignore"):
            where = np.argwhere(~(np.abs(x) <= largest))[0]
        at = (start + int(where[0]), *map(int, where[1:]))
        raise checks.InputError(
            f"{self.label} must hold finite float32 values, got {x[tuple(where)]} at index {at}; "
            "remove or replace them")

    @cached_property
    def limits(self) -> tuple[Any, Any]:
        """The least and the greatest value of all there was before `take`; by feature where the array is (n, d)."""
        self.survey()
        return self.__dict__["limits"]


class FileItems(Items):
    """An array that lies in a file, in C order.

    Parameters
    ----------
    path : Path
    offset : int
        Bytes before the first value.
    disk : dtype
        Of the values in the file.
    shape : tuple of int
    dtype : dtype, optional
        What they are returned as; by default ``disk``.
    """

    def __init__(self, path: Path, offset: int, disk: Any, shape: Sequence[int], dtype: Any = None) -> None:
        super().__init__(shape, disk if dtype is None else dtype, str(path))
        self.path = path.absolute()
        self.offset = offset
        self.disk = np.dtype(disk)
        self.stamp = self._stamp(os.stat(path))  # noqa: PTH116 the same call as below

    def _read(self, numbers: npt.NDArray[np.intp]) -> Array:
        width = math.prod(self.shape[1:]) * self.disk.itemsize
        out = np.empty((len(numbers), width), np.uint8)
        try:
            file = os.open(self.path, os.O_RDONLY)
            try:
                if self._stamp(os.fstat(file)) != self.stamp:
                    raise OSError("it has changed")
                _gather(file, self.offset, numbers, out)
            finally:
                os.close(file)
        except OSError as error:
            why = (error.strerror or str(error)).lower()
            raise checks.InputError(
                f"data file {self.label!r} must stay as it is while it is used, but it cannot be read any more "
                f"({why}); restore it, and go on with zukan resume") from error
        x = out.reshape(-1).view(self.disk).reshape(len(numbers), *self.shape[1:])
        return x.astype(self.dtype, copy=False)

    @staticmethod
    def _stamp(found: os.stat_result) -> tuple[int, int]:
        return found.st_size, found.st_mtime_ns


class Decoded(Items):
    """Items that are decoded anew each time.

    Parameters
    ----------
    decode : callable
        From a row number to an array of shape ``shape[1:]``; picklable where other processes are to read.
    names : sequence of str
        The file of each row, for messages.
    shape, dtype, label
        As for `Items`.
    """

    def __init__(self, decode: Callable[[int], Array], names: Sequence[str], shape: Sequence[int], dtype: Any,
                 label: str) -> None:
        super().__init__(shape, dtype, label)
        self.decode = decode
        self.names = names

    def _read(self, numbers: npt.NDArray[np.intp]) -> Array:
        out = np.empty((len(numbers), *self.shape[1:]), self.dtype)
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            for i, item in enumerate(pool.map(self._one, numbers.tolist())):
                out[i] = item
        return out

    def _one(self, number: int) -> Array:
        try:
            return self.decode(number)
        except Exception as error:  # a file that went away or was damaged since fails in many ways
            raise checks.InputError(
                f"file {self.names[number]!r} of {self.label!r} must stay as it is while it is used, but it cannot "
                f"be read any more ({checks.show(str(error))}); restore it, and go on with zukan resume") from error


class Held(Items):
    """An array in memory that stays as it is: bytes stay bytes until they are used."""

    def __init__(self, array: Array, label: str) -> None:
        super().__init__(array.shape, array.dtype, label)
        self.array = array

    def _read(self, numbers: npt.NDArray[np.intp]) -> Array:
        return self.array[numbers]


class Joined(Items):
    """Arrays one after the other."""

    def __init__(self, parts: Sequence[Items]) -> None:
        first = parts[0]
        super().__init__((sum(map(len, parts)), *first.shape[1:]), np.result_type(*(part.dtype for part in parts)),
                         first.label)
        self.parts = parts

    def _read(self, numbers: npt.NDArray[np.intp]) -> Array:
        out = np.empty((len(numbers), *self.shape[1:]), self.dtype)
        start = 0
        for part in self.parts:
            here = (start <= numbers) & (numbers < start + len(part))
            if here.any():
                out[here] = part[numbers[here] - start]
            start += len(part)
        return out


class Rows(Streamed):
    """What a model sees of `Items`: float32 of shape (n, *event), read and scaled when asked for.

    Reading never maps the file into memory, so what a process holds does not grow with what it has read.

    Parameters
    ----------
    items : Items
    scaling : Scaling
    workers : int, default 0
        Processes that read during training; 0 for threads.
    """

    def __init__(self, items: Items, scaling: Scaling, workers: int = 0) -> None:
        self.items = items
        self.scaling = scaling
        self.workers = workers
        self.shape = (*items.shape, *[1] * (items.ndim == 3))
        self._as_stored = not np.ndim(scaling.factor) and items.dtype.name in SMALL and (
            items.dtype == np.uint8 or scaling.factor == 1)
        as_bytes = self._as_stored and items.dtype == np.uint8
        self.levels = scaling.apply(np.arange(256, dtype=np.uint8)) if as_bytes else np.empty(0, np.float32)

    def __repr__(self) -> str:
        return f"Rows({self.items.label!r}, {self.items.dtype} {self.shape})"

    @property
    def limits(self) -> tuple[float, float]:
        """The least and the greatest value of all items of the source, as the model sees them."""
        low, high = (self.scaling.apply(np.atleast_2d(end)) for end in self.items.limits)
        return float(low.min()), float(high.max())

    def take(self, rows: Any) -> Rows:
        """Return the items that a slice or row numbers pick, unread."""
        return Rows(self.items.take(_numbers(rows, len(self))), self.scaling, self.workers)

    def read_by(self, workers: int) -> Rows:
        """Return the same items, read by ``workers`` processes."""
        return Rows(self.items, self.scaling, workers)

    def __getitem__(self, rows: Any) -> npt.NDArray[np.float32]:
        """Return one item, or those that a slice or an array of row numbers picks."""
        if np.ndim(rows) == 0 and not isinstance(rows, slice):
            return self[np.array([rows])][0]
        return self.scaling.apply(self.items[rows])

    def raw(self, rows: Any) -> Array:
        """Return the items as small as they can be kept until the step: bytes as bytes."""
        if not self._as_stored:
            return self[rows]
        x = self.items[rows]
        return x[..., np.newaxis] if x.ndim == 3 else x


def _numbers(rows: Any, n: int) -> npt.NDArray[np.intp]:
    if isinstance(rows, slice):
        return np.arange(*rows.indices(n))
    numbers = np.asarray(rows)
    if numbers.dtype == np.bool_:
        return np.flatnonzero(numbers)
    numbers = np.where(numbers < 0, numbers + n, numbers).astype(np.intp, copy=False)
    if numbers.size and not (numbers.min() >= 0 and numbers.max() < n):
        raise IndexError(f"row numbers must lie below {n}")
    return numbers


def _gather(file: int, offset: int, numbers: npt.NDArray[np.intp], out: npt.NDArray[np.uint8]) -> None:
    """Read rows of ``out.shape[1]`` bytes into ``out``, in the file's order; near ones together."""
    if not out.size:
        return
    width = out.shape[1]
    places = np.argsort(numbers, kind="stable")
    numbers = numbers[places]
    near = min(GAP, 2 * width) // width  # what lies between is at most twice what is wanted
    cut = (np.diff(numbers) > near + 1) | (np.diff(numbers * width // WINDOW) > 0)
    edges = [0, *(np.flatnonzero(cut) + 1).tolist(), len(numbers)]
    starts, rows = numbers[edges[:-1]].tolist(), places[edges[:-1]].tolist()
    flat = out.reshape(-1).data
    for a, b, start, row in zip(edges[:-1], edges[1:], starts, rows, strict=True):
        if b - a == 1:
            _fill(file, flat[row * width : (row + 1) * width], offset + start * width)
            continue
        window = np.empty((int(numbers[b - 1]) - start + 1, width), np.uint8)
        _fill(file, window.reshape(-1).data, offset + start * width)
        out[places[a:b]] = window[numbers[a:b] - start]


def _fill(file: int, buffer: memoryview, offset: int) -> None:
    while len(buffer):
        got = os.preadv(file, [buffer], offset)
        if not got:
            raise OSError("it has become shorter")
        buffer, offset = buffer[got:], offset + got
