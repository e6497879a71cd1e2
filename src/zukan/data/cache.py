"""Items that cost time to make, made once: kept in a folder of the user's, where they fit."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np

from zukan.data.rows import Array, Decoded, FileItems, Items
from zukan.streamed import AT_ONCE

KEPT = 60 * 60 * 24 * 30  # seconds after which what was not used again may go
FRESH = 60 * 60 * 24  # what was used since then may be in use, and stays even where space is short
SHARE = 0.5  # of the space that is free or held by the cache, which the cache may take


def folder() -> Path:
    """Return where the cache lies: ``zukan/items`` in ``$XDG_CACHE_HOME``, or in ``~/.cache``."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "zukan" / "items"


def key(*parts: Any) -> str:
    """Return a name for what depends on ``parts``: paths, names, sizes, times, options."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(repr(part).encode("utf-8", "surrogateescape") + b"\0")
    return digest.hexdigest()[:32]


def filled(name: str, shape: Sequence[int], dtype: Any, decode: Callable[[int], Array], *, names: Sequence[str],
           label: str, unreadable: tuple[type[Exception], ...] = (OSError,), order: Sequence[int] | None = None,
           threads: int | None = None) -> tuple[Items, dict[int, str]]:
    """Return items that ``decode`` makes, from the cache where they fit into it, and which it cannot make.

    Parameters
    ----------
    name : str
        A `key` of everything that the result depends on.
    shape : sequence of int
        Of all: the number of items first.
    dtype : dtype
    decode : callable
        From a row number to an array of shape ``shape[1:]``; called by several threads, and later again where the
        items do not fit. It must be picklable if other processes are to read them then.
    names : sequence of str
        The file of each row, for messages.
    label : str
        What messages call the whole.
    unreadable : tuple of exceptions
        What ``decode`` raises for an item that is to be left out; its text is the reason.
    order : sequence of int, optional
        In which the rows are decoded the first time.
    threads : int, optional
        By default one for each core.

    Returns
    -------
    (Items, dict)
        All rows, those that cannot be read being zero, with the reasons by row. `FileItems` in the cache, or
        `Decoded`, which decodes anew each time.
    """
    dtype = np.dtype(dtype)
    made = folder() / f"{name}.bin"
    found = _reasons(name, made, shape, dtype)
    if found is not None:
        return (FileItems(made, 0, dtype, shape) if made.exists() else Decoded(decode, names, shape, dtype, label),
                found)
    _forget()
    size = int(np.prod([*map(int, shape), dtype.itemsize], dtype=object))
    with _room(made, size) as file:
        found = _decode(file, shape, dtype, decode, unreadable, range(shape[0]) if order is None else order, threads)
    with suppress(OSError):
        _replace(folder() / f"{name}.json", json.dumps({"size": size, "unreadable": found}).encode())
    if made.exists():
        return FileItems(made, 0, dtype, shape), found
    return Decoded(decode, names, shape, dtype, label), found


def fits(size: int) -> bool:
    """Whether the cache may take so many bytes more."""
    place = folder()
    try:
        place.mkdir(parents=True, exist_ok=True)
        held = sum(path.stat().st_size for path in place.glob("*.bin"))
        return size + held <= SHARE * (shutil.disk_usage(place).free + held)
    except OSError:
        return False


def _reasons(name: str, made: Path, shape: Sequence[int], dtype: np.dtype[Any]) -> dict[int, str] | None:
    """Return why which rows cannot be read, as noted when all were decoded; None where that has to be done."""
    note = folder() / f"{name}.json"
    try:
        content = json.loads(note.read_text("utf-8"))
        size, found = content["size"], {int(row): str(why) for row, why in content["unreadable"].items()}
        if made.exists() and made.stat().st_size != size:
            return None
        if not made.exists() and fits(size):
            return None  # there was no room then, or it was cleared
        os.utime(note)  # used
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return found if size == int(np.prod([*map(int, shape), dtype.itemsize], dtype=object)) else None


@contextmanager
def _room(made: Path, size: int) -> Iterator[int | None]:
    """Yield a file to fill, which becomes ``made``; or None where it does not fit."""
    if not fits(size):
        yield None
        return
    file, beside = tempfile.mkstemp(prefix=".", suffix=".part", dir=made.parent)
    try:
        yield file
        if os.fstat(file).st_size == size:  # else the disk became full
            Path(beside).replace(made)
    finally:
        os.close(file)
        Path(beside).unlink(missing_ok=True)


def _decode(file: int | None, shape: Sequence[int], dtype: np.dtype[Any], decode: Callable[[int], Array],
            unreadable: tuple[type[Exception], ...], order: Sequence[int], threads: int | None) -> dict[int, str]:
    """Decode all items, a bounded number at a time, into ``file`` where there is one; return the reasons by row."""
    width = int(np.prod(shape[1:], dtype=np.int64)) * dtype.itemsize
    found: dict[int, str] = {}

    def one(row: int) -> bytes | None:
        try:
            return np.ascontiguousarray(decode(row), dtype).tobytes()
        except unreadable as error:
            found[row] = str(error)
            return None

    some = max(1, min(256, AT_ONCE // width))
    full = False
    if file is not None:
        os.truncate(file, shape[0] * width)
    with ThreadPoolExecutor(threads or os.cpu_count()) as pool:
        for start in range(0, len(order), some):
            rows = order[start : start + some]
            for row, content in zip(rows, pool.map(one, rows), strict=True):
                if file is None or full or content is None:
                    continue
                try:
                    full = os.pwrite(file, content, row * width) < width
                except OSError:  # no space is left: decoded again later, then
                    full = True
    if file is not None and full:
        os.truncate(file, 0)
    return dict(sorted(found.items()))


def _replace(path: Path, content: bytes) -> None:
    file, beside = tempfile.mkstemp(prefix=".", suffix=".part", dir=path.parent)
    with os.fdopen(file, "wb") as opened:
        opened.write(content)
    Path(beside).replace(path)


def _forget() -> None:
    """Remove what was not used for long, and, while the cache takes more than its share, what was used longest ago."""
    with suppress(OSError):
        place, now = folder(), time.time()
        place.mkdir(parents=True, exist_ok=True)
        for part in place.glob(".*.part"):  # of a process that was killed
            if part.stat().st_mtime < now - FRESH:
                part.unlink()
        used = sorted((note.stat().st_mtime, note) for note in place.glob("*.json"))
        for when, note in used:
            if when < now - KEPT or (when < now - FRESH and not fits(0)):
                note.with_suffix(".bin").unlink(missing_ok=True)
                note.unlink()
