"""FileItems: an array in a file, read row by row when needed."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from zukan import checks, files
from zukan.data.lazy.items import Array, Items

_WINDOW = 1 << 20  # largest number of bytes in one read
_GAP = 1 << 14  # largest number of unused bytes between two rows in one read


class FileItems(Items):
    """An array that is stored in a file, in C order.

    Parameters
    ----------
    path : Path
    offset : int
        Position of the first value in the file, in bytes.
    stored : dtype
        The dtype of the values in the file.
    shape : tuple of int
    dtype : dtype, optional
        The dtype of the values that are returned; by default ``stored``.
    """

    def __init__(self, path: Path, offset: int, stored: Any, shape: Sequence[int], dtype: Any = None) -> None:
        super().__init__(shape, stored if dtype is None else dtype, str(path))
        self.path = path.absolute()
        self.offset = offset
        self.stored = np.dtype(stored)
        self.stamp = files.stamp(path.stat())

    def _read(self, numbers: npt.NDArray[np.intp]) -> Array:
        row_bytes = math.prod(self.shape[1:]) * self.stored.itemsize
        content = np.empty((len(numbers), row_bytes), np.uint8)
        try:
            file = os.open(self.path, os.O_RDONLY)
            try:
                if files.stamp(os.fstat(file)) != self.stamp:
                    raise OSError("it has changed")
                _read_rows(file, self.offset, numbers, content)
            finally:
                os.close(file)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise checks.InputError(
                f"data file {self.name!r} must not change while it is in use, but it can no longer be read "
                f"({reason}); restore it, and continue with zukan resume") from error
        x = content.reshape(-1).view(self.stored).reshape(len(numbers), *self.shape[1:])
        return x.astype(self.dtype, copy=False)


def _read_rows(file: int, offset: int, numbers: npt.NDArray[np.intp], content: npt.NDArray[np.uint8]) -> None:
    """Read rows of ``content.shape[1]`` bytes into ``content``: in the order of the file, close ones in one read."""
    if not content.size:
        return
    row_bytes = content.shape[1]
    places = np.argsort(numbers, kind="stable")
    numbers = numbers[places]
    gap = min(_GAP, 2 * row_bytes) // row_bytes  # at most two unused rows between two requested ones
    is_cut = (np.diff(numbers) > gap + 1) | (np.diff(numbers * row_bytes // _WINDOW) > 0)
    edges = [0, *(np.flatnonzero(is_cut) + 1).tolist(), len(numbers)]
    starts, rows = numbers[edges[:-1]].tolist(), places[edges[:-1]].tolist()
    flat = content.reshape(-1).data
    for first, end, start, row in zip(edges[:-1], edges[1:], starts, rows, strict=True):
        if end - first == 1:
            _fill(file, flat[row * row_bytes : (row + 1) * row_bytes], offset + start * row_bytes)
            continue
        window = np.empty((int(numbers[end - 1]) - start + 1, row_bytes), np.uint8)
        _fill(file, window.reshape(-1).data, offset + start * row_bytes)
        content[places[first:end]] = window[numbers[first:end] - start]


def _fill(file: int, buffer: memoryview, offset: int) -> None:
    """Fill ``buffer`` with the bytes at ``offset``."""
    while len(buffer):
        count = os.preadv(file, [buffer], offset)
        if not count:
            raise OSError("it has become shorter")
        buffer, offset = buffer[count:], offset + count
