"""A lock on a run folder, so that only one command writes to it."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from zukan import checks, files

NAME = ".lock"
_NO_LOCKS = {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP}  # file systems without locks; commands continue there
_held: set[int] = set()


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Lock the run in folder ``path`` against other commands that write to it.

    The operating system holds the lock on a file in the folder and releases it if the process is killed.

    Raises
    ------
    zukan.InputError
        If another command holds the lock, or the folder cannot be written.
    """
    file = path / NAME
    try:
        descriptor = _open_locked(file)
    except OSError as error:
        raise files.cannot_write(path, error) from error
    if descriptor is None:
        raise checks.InputError(
            f"run {str(path)!r} must not be written by two commands at the same time, but another command is writing "
            "it; wait for it to end, or stop it with Ctrl-C")
    _held.add(descriptor)
    try:
        yield
    finally:
        with contextlib.suppress(OSError):  # Windows cannot delete an open file; an empty lock file is harmless
            if _is_same_file(descriptor, file):
                file.unlink()
        _held.discard(descriptor)
        os.close(descriptor)


def _open_locked(file: Path) -> int | None:
    """Return the descriptor of ``file`` after locking it, or None if another process holds the lock."""
    while True:
        descriptor = os.open(file, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o666)
        try:
            _lock(descriptor)
            if _is_same_file(descriptor, file):
                return descriptor
        except OSError as error:
            os.close(descriptor)
            if error.errno in {errno.EACCES, errno.EAGAIN, errno.EDEADLK}:
                return None
            raise
        os.close(descriptor)  # the previous holder deleted the file before we locked it, so try again


def _is_same_file(descriptor: int, file: Path) -> bool:
    """Return whether ``file`` is still the file that was opened."""
    try:
        return os.path.samestat(os.fstat(descriptor), file.stat())
    except FileNotFoundError:
        return False


def _lock(descriptor: int) -> None:
    try:
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl  # noqa: PLC0415

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno not in _NO_LOCKS:
            raise


def _close_inherited() -> None:
    """Close the descriptors that a forked process inherits: otherwise it would keep the lock after its parent ends."""
    for descriptor in _held:
        os.close(descriptor)
    _held.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_close_inherited)
