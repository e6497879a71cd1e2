"""IDX files, in which MNIST was published, plain or gzipped."""

from __future__ import annotations

import gzip
import math
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from zukan import checks
from zukan.data.rows import FileItems

_TYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
_RATIO = 1100  # gzip packs at most about 1032 to 1
_ROLES = {("train", "images"): "x_train", ("train", "labels"): "y_train", ("t10k", "images"): "x_test",
          ("t10k", "labels"): "y_test", ("test", "images"): "x_test", ("test", "labels"): "y_test"}


def is_idx(start: bytes) -> bool:
    """Whether a file, unpacked, that begins with these four bytes is an IDX file."""
    return len(start) >= 4 and start[:2] == b"\0\0" and start[2] in _TYPES and 1 <= start[3] <= 4


def roles(folder: Path) -> dict[str, Path]:
    """Return the files by role of a folder that holds MNIST's four files, or such as are named like them."""
    found = {}
    for path in sorted(folder.iterdir()):
        for (split, kind), role in _ROLES.items():
            if path.name.startswith(split) and kind in path.name and "ubyte" in path.name:
                found[role] = path
    return found


def read(path: Path) -> npt.NDArray[Any]:
    """Return the array in an IDX file, in the machine's byte order.

    Raises
    ------
    zukan.InputError
        When it is shorter or longer than its header says.
    """
    try:
        with path.open("rb") as raw, _unpacked(raw) as file:
            start = file.read(4)
            if not is_idx(start):
                raise ValueError("it does not begin as one")
            shape = np.frombuffer(file.read(4 * start[3]), ">u4").astype(int).tolist()
            dtype = np.dtype(_TYPES[start[2]])
            size = math.prod(shape) * dtype.itemsize
            if len(shape) < start[3] or size > _RATIO * path.stat().st_size:
                raise ValueError(f"its header promises {size:,} bytes, more than the file can hold")
            content = file.read(size + 1)
    except Exception as error:  # a damaged file fails in many ways
        raise checks.InputError(
            f"source {str(path)!r} must be a whole IDX file, but {checks.show(str(error))}; fetch it again") from error
    if len(content) != size:
        more = "more" if len(content) > size else f"{len(content):,}"
        raise checks.InputError(
            f"source {str(path)!r} must hold the {size:,} bytes that its header promises, got {more}; fetch it again")
    return np.frombuffer(content, dtype).reshape(shape).astype(dtype.newbyteorder("="), copy=False)


def on_disk(path: Path) -> FileItems | None:
    """Return the array in an IDX file, unread; None where the file is compressed, or not one, or not whole."""
    with suppress(OSError, ValueError), path.open("rb") as file:
        start = file.read(4)
        if is_idx(start):
            shape = np.frombuffer(file.read(4 * start[3]), ">u4").astype(int).tolist()
            dtype = np.dtype(_TYPES[start[2]])
            if len(shape) == start[3] and path.stat().st_size == file.tell() + math.prod(shape) * dtype.itemsize:
                return FileItems(path, file.tell(), dtype, shape, dtype.newbyteorder("="))
    return None


def _unpacked(raw: IO[bytes]) -> Any:
    packed = raw.read(2) == b"\x1f\x8b"
    raw.seek(0)
    return gzip.GzipFile(fileobj=raw) if packed else raw
