"""One command at a time writes a run."""

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
# What a file system without locks answers: there every command goes on, as it would without this module.
_NO_LOCKS = {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP}
_held: set[int] = set()


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Hold the run in folder ``path`` against other commands that write; whoever is killed lets go of it.

    The lock is the operating system's, on a file in the folder that goes with the lock.

    Raises
    ------
    zukan.InputError
        When another command is writing it, or it cannot be written.
    """
    file = path / NAME
    try:
        descriptor = _locked(file)
    except OSError as error:
        raise files.cannot_write(path, error) from error
    if descriptor is None:
        raise checks.InputError(
            f"run {str(path)!r} must not be written by two commands at once, and another is at it; "
            "wait for it to end, or stop it with Ctrl-C")
    _held.add(descriptor)
    try:
        yield
    finally:
        with contextlib.suppress(OSError):  # Windows keeps a file that is open; an empty one does no harm
            if _is(descriptor, file):
                file.unlink()
        _held.discard(descriptor)
        os.close(descriptor)


def _locked(file: Path) -> int | None:
    """Return the descriptor of ``file``, locked, or None where another holds it."""
    while True:
        descriptor = os.open(file, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o666)
        try:
            _lock(descriptor)
            if _is(descriptor, file):
                return descriptor
        except OSError as error:
            os.close(descriptor)
            if error.errno in {errno.EACCES, errno.EAGAIN, errno.EDEADLK}:
                return None
            raise
        os.close(descriptor)  # who held it before took the file along


def _is(descriptor: int, file: Path) -> bool:
    """Whether ``file`` is still what was opened."""
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


def _let_go() -> None:
    """Close what a forked process inherited, or the lock would last as long as it does."""
    for descriptor in _held:
        os.close(descriptor)
    _held.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_let_go)
