"""Arrays as little-endian bytes. A long array is several files, since some hosts limit the size of a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from zukan import files

PIECE = 4 << 20  # bytes of a file, at most


def write(path: Path, array: np.ndarray[Any, Any]) -> None:
    """Write an array to ``path``, for example ``means.f32``, and what exceeds `PIECE` to ``means.1.f32`` and so on."""
    flat = np.ascontiguousarray(array).reshape(-1)
    each = PIECE // flat.itemsize
    for number, start in enumerate(range(0, max(1, len(flat)), each)):
        with files.replacing(piece(path, number)) as temporary:
            flat[start : start + each].tofile(temporary)


def piece(path: Path, number: int) -> Path:
    """Return the path of a piece of the array at ``path``; the first has this path."""
    return path if number == 0 else path.with_suffix(f".{number}{path.suffix}")
