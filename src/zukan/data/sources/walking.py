"""A walk through a folder: the files in it and below it, and what cannot be reached."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from zukan.data.account import Tally
from zukan.data.sources.passing import is_foreign

UNREADABLE = "that cannot be read"
MAX_FILES = 10_000_000
_Chain = tuple[tuple[int, int], Any]  # device and number of a folder, and the chain of the folder above it, or None


class TooManyError(Exception):
    """There are more than `MAX_FILES` files and folders."""


def walk(root: Path, tally: Tally) -> list[str]:
    """Return the sorted paths of all files below ``root``, with ``/``; what cannot be reached is added to ``tally``.

    Links to files and folders are followed. A link to a folder that contains the link is left out, since it has no end.
    In hidden folders, and in those of other programs, links are not followed and problems are not reported.

    Raises
    ------
    OSError
        If ``root`` itself cannot be read.
    TooManyError
        If there are too many files.
    """
    names: list[str] = []
    folders: list[tuple[str, _Chain]] = [("", (_identity(root.stat()), None))]
    visited = 0
    while folders:
        path, chain = folders.pop()
        try:
            entries = sorted(os.scandir(root / path), key=lambda entry: entry.name)
        except OSError as error:
            if not path:
                raise
            tally.add(UNREADABLE, f"{path}/", reason(error), unit="folder")
            continue
        visited += 1 + len(entries)
        if visited > MAX_FILES:
            raise TooManyError
        for entry in entries:
            name = f"{path}/{entry.name}" if path else entry.name
            is_ours = not any(map(is_foreign, name.split("/")))
            if not is_ours and entry.is_symlink():
                continue
            found = _look(entry, name, chain, tally if is_ours else Tally())
            if isinstance(found, tuple):
                folders.append((name, found))
            elif found:
                names.append(name)
    return sorted(names)


def reason(error: OSError) -> str:
    """Return why a file cannot be opened, for the middle of a sentence."""
    return (error.strerror or str(error)).lower()


def _look(entry: os.DirEntry[str], name: str, chain: _Chain, tally: Tally) -> _Chain | bool:
    """Return the chain of a folder, or whether it is a file; anything else is added to ``tally``."""
    try:
        status = entry.stat()
    except OSError as error:
        is_dangling = entry.is_symlink() and error.errno in {errno.ENOENT, errno.ENOTDIR}
        why = f"a link to {_target(entry)}, which does not exist" if is_dangling else reason(error)
        tally.add(UNREADABLE, name, why)
        return False
    if stat.S_ISDIR(status.st_mode):
        identity = _identity(status)
        if entry.is_symlink() and identity in _identities(chain):
            tally.add("to a folder that contains it", f"{name}/", unit="link")
            return False
        return identity, chain
    if not stat.S_ISREG(status.st_mode):
        tally.add(UNREADABLE, name, "it is neither a file nor a folder")
        return False
    return True


def _identity(status: os.stat_result) -> tuple[int, int]:
    return status.st_dev, status.st_ino


def _identities(chain: _Chain | None) -> Iterator[tuple[int, int]]:
    while chain is not None:
        yield chain[0]
        chain = chain[1]


def _target(entry: os.DirEntry[str]) -> str:
    try:
        return os.readlink(entry.path)  # noqa: PTH115 its text, unchanged
    except OSError:
        return "a place"
