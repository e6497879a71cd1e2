"""The items as bytes, in files of many items, written while they are read."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from zukan import files

PER_FILE, BYTES_PER_FILE = 1000, 200_000  # upper limits; the page reads a whole file to show one item
MISSING = 255  # the byte of a missing value


def per_file(shape: Sequence[int]) -> int:
    """Return the number of items of a file."""
    return max(1, min(PER_FILE, BYTES_PER_FILE // max(1, math.prod(shape))))


def write(folder: Path, chunks: Iterable[np.ndarray[Any, Any]]) -> None:
    """Write each chunk of bytes to a file of its own: ``items-00000.u8`` and so on."""
    for number, chunk in enumerate(chunks):
        with writing(folder / f"items-{number:05d}.u8") as path:
            np.ascontiguousarray(chunk).tofile(path)


@contextlib.contextmanager
def writing(path: Path) -> Iterator[Path]:
    """Yield ``path`` to write one of thousands of files; waiting for the disk after each would double the time.

    Raises
    ------
    zukan.InputError
        If the file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield path
    except OSError as error:
        raise files.cannot_write(path, error) from error


def chunks(splits: Iterable[np.ndarray[Any, Any]], size: int) -> Iterator[np.ndarray[Any, Any]]:
    """Yield the items of all splits, ``size`` at a time, without a copy of all items."""
    rest = None
    for split in splits:
        for start in range(0, len(split), size):
            part = split[start : start + size]
            rest = part if rest is None else np.concatenate([rest, part])
            if len(rest) >= size:
                yield rest[:size]
                rest = rest[size:]
    if rest is not None and len(rest):
        yield rest


def as_bytes(items: np.ndarray[Any, Any], values: tuple[float, float], *, missing: bool) -> np.ndarray[Any, Any]:
    """Return items as bytes from 0 to 255; if values may be missing, from 0 to 254, and `MISSING` for NaN."""
    low, high = values
    top = MISSING - 1 if missing else MISSING
    scaled = np.rint((items.astype("float64") - low) / (high - low) * top).clip(0, top)
    return np.where(np.isnan(scaled), MISSING, scaled).astype("u1")
