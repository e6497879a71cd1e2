"""Open ``.npy`` and ``.npz`` files; nothing is ever unpickled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import IO, Any

import numpy as np

from zukan import checks

MAGIC = (b"\x93NUMPY", b"PK")  # how a .npy and an .npz begin


@contextmanager
def opened(path: Any, label: str) -> Iterator[Mapping[str, Any]]:
    """Open a path or packaged file and yield its arrays by name; that of a ``.npy`` is named ``label``."""
    with _open(path, label) as file:
        try:
            start = file.read(6)
            file.seek(0)
            content = np.load(file, allow_pickle=False) if start.startswith(MAGIC) else None
        except Exception as error:  # a damaged file fails in many ways
            raise checks.InputError(
                f"{label} must be a whole .npy or .npz file without Python objects, but NumPy cannot "
                f"read it ({checks.show(str(error))}); write it again with numpy.save or numpy.savez") from error
        if content is None:
            raise checks.InputError(
                f"{label} must be a .npy, .npz, IDX, .csv or .parquet file, or a folder, zip or tar of images, "
                f"but it begins with {start!r}; write one with numpy.save, for example")
        yield content if isinstance(content, Mapping) else {label: content}


def _open(path: Any, label: str) -> IO[bytes]:
    try:
        file: IO[bytes] = path.open("rb")
    except FileNotFoundError as error:
        raise checks.InputError(f"source must be an existing file, but there is no {label}; check the path") from error
    except (OSError, ValueError) as error:  # ValueError: a null character in the path
        why = getattr(error, "strerror", None) or error
        raise checks.InputError(
            f"source must be a readable file, but {label} cannot be opened ({why}); check its permissions") from error
    return file
