"""The cache of decoded items: each is decoded once, into a file in the cache folder of the user."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import math
import os
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from zukan import checks, files
from zukan.data.lazy.decoding import decode_rows
from zukan.data.lazy.files import FileItems
from zukan.data.lazy.items import Array, DecodedItems, Items

UNUSED = 60 * 60 * 24 * 30  # seconds without use after which an entry is deleted
RECENT = 60 * 60 * 24  # seconds after its last use in which an entry is not deleted: it may still be in use
SHARE = 0.5  # largest share of the space (free, or taken by the cache) that the cache may take


def folder() -> Path:
    """Return the folder of the cache: ``zukan/items`` in ``$XDG_CACHE_HOME``, or in ``~/.cache``."""
    return files.cache_folder() / "items"


def make_key(*parts: Any) -> str:
    """Return a hash of everything that decoded items depend on: paths, names, sizes, times, options."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(repr(part).encode("utf-8", "surrogateescape") + b"\0")
    return digest.hexdigest()[:32]


def data_file(key: str) -> Path:
    """Return the path of the decoded items with that key."""
    return folder() / f"{key}.bin"


def has_room(nbytes: int) -> bool:
    """Return whether the cache may grow by ``nbytes``."""
    place = folder()
    try:
        place.mkdir(parents=True, exist_ok=True)
        taken = sum(path.stat().st_size for path in place.glob("*.bin"))
        return nbytes + taken <= SHARE * (shutil.disk_usage(place).free + taken)
    except OSError:
        return False


def decode_once(key: str, shape: Sequence[int], dtype: Any, decode: Callable[[int], Array], *, names: Sequence[str],
                label: str, unreadable: tuple[type[Exception], ...] = (OSError,), order: Sequence[int] | None = None,
                threads: int | None = None) -> tuple[Items, dict[int, str]]:
    """Return items from the cache, decoding them first if needed, and the reasons for unreadable items.

    Parameters
    ----------
    key : str
        A `make_key` of everything that the result depends on.
    shape : sequence of int
        Shape of the whole array: the number of items first.
    dtype : dtype
    decode : callable
        From a row number to an array of shape ``shape[1:]``; called by several threads. If the items do not fit into
        the cache, it is called each time they are read, and must be picklable for worker processes.
    names : sequence of str
        The file of each row, for messages.
    label : str
        Name of the array in messages.
    unreadable : tuple of exceptions
        Exceptions of ``decode`` for an item that cannot be read; their text is the reason.
    order : sequence of int, optional
        The order in which rows are decoded; by default ascending.
    threads : int, optional
        By default one for each core.

    Returns
    -------
    (Items, dict of int to str)
        All rows, as `FileItems`, or as `DecodedItems` if they do not fit into the cache; unreadable rows are zero. The
        reason for each unreadable row.
    """
    entry = _Entry(key, tuple(map(int, shape)), np.dtype(dtype))
    reasons = entry.read_reasons()
    if reasons is None:
        _clean_up()
        rows = range(entry.shape[0]) if order is None else order
        reasons = entry.fill(partial(decode_rows, decode, rows, unreadable=unreadable, threads=threads))
        entry.write_reasons(reasons)
    if entry.path.exists():
        return FileItems(entry.path, 0, entry.dtype, entry.shape), reasons
    return DecodedItems(decode, names, entry.shape, entry.dtype, label), reasons


@dataclass(frozen=True)
class _Entry:
    """One entry of the cache: a file of rows, and a note with its size and the reasons for unreadable rows."""

    key: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]

    @property
    def path(self) -> Path:
        """The file of rows."""
        return data_file(self.key)

    @property
    def note(self) -> Path:
        """The file of the note."""
        return self.path.with_suffix(".json")

    @property
    def size(self) -> int:
        """Bytes of all rows."""
        return math.prod(self.shape) * self.dtype.itemsize

    def read_reasons(self) -> dict[int, str] | None:
        """Return the reasons for unreadable rows; None if the rows must be decoded (again)."""
        try:
            content = json.loads(self.note.read_text("utf-8"))
            reasons = {int(row): str(reason) for row, reason in content["unreadable"].items()}
            exists = self.path.exists()
            if content["size"] != self.size or (exists and self.path.stat().st_size != self.size):
                return None
            if not exists and has_room(self.size):  # there was no room before, or the file was deleted
                return None
            os.utime(self.note)  # store the time of this use
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None
        return reasons

    def write_reasons(self, reasons: dict[int, str]) -> None:
        """Write the note; if that fails, the rows are decoded again next time."""
        with contextlib.suppress(checks.InputError), files.replacing(self.note, shared=True) as new:
            new.write_text(json.dumps({"size": self.size, "unreadable": reasons}), encoding="utf-8")

    def fill(self, decode_to: Callable[[Callable[[int, Array], None]], dict[int, str]]) -> dict[int, str]:
        """Store all rows, if there is room for them; return the reasons for unreadable rows.

        ``decode_to`` calls a function with each row number and the decoded row, and returns the reasons.
        """
        reasons = None
        if has_room(self.size):
            with (contextlib.suppress(checks.InputError), files.replacing(self.path, shared=True) as new,
                  new.open("r+b") as file):
                output = _Output(file.fileno(), self)
                reasons = decode_to(output.write)
                output.check()
        return decode_to(lambda *_: None) if reasons is None else reasons


class _Output:
    """The open file of an entry, which takes rows in any order; once the disk is full, it is emptied."""

    def __init__(self, file: int, entry: _Entry) -> None:
        self.file = file
        self.entry = entry
        self.is_full = False
        os.truncate(file, entry.size)

    def write(self, row: int, item: Array) -> None:
        """Write a row; called by several threads."""
        if self.is_full:
            return
        content = np.ascontiguousarray(item, self.entry.dtype).tobytes()
        try:
            written = os.pwrite(self.file, content, row * len(content))
        except OSError:
            written = 0
        if written < len(content):
            self.is_full = True
            os.truncate(self.file, 0)

    def check(self) -> None:
        """Raise ``OSError`` if the disk became full."""
        if self.is_full:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _clean_up() -> None:
    """Delete entries that are long unused and, if the cache exceeds its share, the least recently used ones."""
    with contextlib.suppress(OSError):
        place, now = folder(), time.time()
        place.mkdir(parents=True, exist_ok=True)
        for part in place.glob(".*.part.*"):  # left by a process that was killed
            if part.stat().st_mtime < now - RECENT:
                part.unlink()
        for used, note in sorted((note.stat().st_mtime, note) for note in place.glob("*.json")):
            if used < now - UNUSED or (used < now - RECENT and not has_room(0)):
                note.with_suffix(".bin").unlink(missing_ok=True)
                note.unlink()
