"""One command at a time writes a run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from zukan import checks, files


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Hold the run in folder ``path`` against other commands that write; whoever is killed lets go of it.

    Raises
    ------
    zukan.InputError
        When another command is writing it, or it cannot be written.
    """
    import filelock  # noqa: PLC0415 not needed for --help

    lock = filelock.FileLock(path / ".lock", timeout=0)
    try:
        lock.acquire()
    except filelock.Timeout as error:
        msg = (f"run {str(path)!r} must not be written by two commands at once, and another is at it; "
               "wait for it to end, or stop it with Ctrl-C")
        raise checks.InputError(msg) from error
    except OSError as error:
        raise files.cannot_write(path, error) from error
    try:
        yield
    finally:
        (path / ".lock").unlink(missing_ok=True)
        lock.release()
