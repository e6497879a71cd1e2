"""Write files and folders atomically: a reader sees the old or the new one, even if the process is killed."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from zukan import checks

MAX_TEXT = 1 << 24  # bytes; a recipe or a table of numbers takes less than a thousandth of it
_FIXES = {
    errno.ENOSPC: "free some space",
    errno.EDQUOT: "free some space, or ask for a larger quota",
    errno.EFBIG: "raise the limit on file sizes",
    errno.EROFS: "choose a folder that can be written",
    errno.EACCES: "change its permissions, or choose another folder",
    errno.EEXIST: "choose a folder that is not below a file",
    errno.ENOTDIR: "choose a folder that is not below a file",
}


class NotWritableError(checks.InputError):
    """A file or folder that cannot be written."""


def cannot_write(path: Path, error: OSError) -> NotWritableError:
    """Return the error that says in one sentence why ``path`` cannot be written and what to do."""
    reason = os.strerror(error.errno) if error.errno else str(error)
    fix = _FIXES.get(error.errno or 0, "choose another place")
    return NotWritableError(f"{str(path)!r} cannot be written: {reason.lower()}; {fix}, and try again")


@contextlib.contextmanager
def replacing(path: Path, *, shared: bool = False) -> Iterator[Path]:
    """Yield a temporary path to write to; if the ``with`` block succeeds, rename it to ``path`` in one step.

    Parameters
    ----------
    path : Path
    shared : bool
        Several processes may write ``path`` at the same time, so each gets an empty file of its own to write to.

    Raises
    ------
    zukan.InputError
        If the file cannot be written, for example because the disk is full or there is no permission.
    """
    temporary = path.with_name(f".{path.stem}.part{path.suffix}")  # the same folder, so that renaming does not copy
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if shared:
            file, name = tempfile.mkstemp(prefix=f".{path.stem}.", suffix=f".part{path.suffix}", dir=path.parent)
            os.close(file)
            temporary = Path(name)
        else:
            temporary.unlink(missing_ok=True)  # it could be a link, if the folder comes from somebody else
        yield temporary
        _sync(temporary)
        temporary.replace(path)
    except OSError as error:
        raise cannot_write(path, error) from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


@contextlib.contextmanager
def replacing_folder(path: Path, *, force: bool = False) -> Iterator[Path]:
    """Yield a temporary folder to fill; if the ``with`` block succeeds, rename it to ``path``.

    Parameters
    ----------
    path : Path
        A folder that does not exist, or an empty one.
    force : bool, default False
        Replace the folder at ``path`` even if it is not empty.

    Raises
    ------
    zukan.InputError
        If the folder cannot be written, for example because the disk is full or there is no permission.
    """
    path = path.absolute()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=path.parent))
    except OSError as error:
        raise cannot_write(path, error) from error
    old = None
    try:
        yield temporary
        temporary.chmod(0o777 & ~_umask())  # mkdtemp made it private
        if path.is_dir() and force:  # moved, not deleted: a kill before the next rename loses nothing
            old = Path(tempfile.mkdtemp(prefix=f".{path.name}.old.", dir=path.parent))
            path.rename(old / path.name)
        elif path.is_dir():
            path.rmdir()
        temporary.rename(path)
    except OSError as error:
        raise cannot_write(path, error) from error
    finally:
        for folder in (temporary, old):
            if folder is not None:
                shutil.rmtree(folder, ignore_errors=True)


def cache_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Return zukan's folder in the user's cache; a path that cannot exist, if the user has no home."""
    try:
        home = environment.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    except RuntimeError:  # a user id without a name, and no HOME
        home = os.devnull
    return Path(home) / "zukan"


def write_text(path: Path, text: str) -> None:
    """Write ``text`` to ``path`` as UTF-8, in one step as `replacing` does; `read_text` returns the same text.

    A file name in it that is not UTF-8 keeps its bytes.
    """
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8", errors="surrogateescape")


def read_text(path: Path) -> str:
    """Return the UTF-8 text of the file ``path``.

    Raises
    ------
    OSError, ValueError
        If the file cannot be read, is larger than `MAX_TEXT` bytes, or is not UTF-8.
    """
    with path.open("rb") as file:
        content = file.read(MAX_TEXT + 1)
    if len(content) > MAX_TEXT:
        raise ValueError(f"it is larger than {MAX_TEXT >> 20} MiB")
    return content.decode("utf-8", "surrogateescape")


def _sync(path: Path) -> None:
    """Write the content of a file to the disk before the file gets its name; a power cut could leave it empty."""
    with path.open("rb") as file, contextlib.suppress(OSError):  # some file systems do not support it
        os.fsync(file.fileno())


def _umask() -> int:
    """Return the permission bits that this process removes from new files and folders."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def stamp(status: os.stat_result) -> tuple[int, int]:
    """Return the size and the time of a file, which show whether it has changed."""
    return status.st_size, status.st_mtime_ns


def identity(path: Path) -> tuple[str, int, int]:
    """Return the full path, the size and the time of a file."""
    return str(path.resolve()), *stamp(path.stat())
