"""Writing files so that a reader, or a kill at any moment, meets either the old one or the new one, whole."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from zukan import checks

TEXT = 1 << 24  # bytes of a recipe or a page of numbers: a thousand times what one takes
_FIXES = {
    errno.ENOSPC: "free some space",
    errno.EDQUOT: "free some space, or ask for a larger quota",
    errno.EFBIG: "raise the limit on file sizes",
    errno.EROFS: "choose a folder that can be written",
    errno.EACCES: "change its permissions, or choose another folder",
    errno.EEXIST: "choose a folder that is not below a file",
    errno.ENOTDIR: "choose a folder that is not below a file",
}


def cannot_write(path: Path, error: OSError) -> checks.InputError:
    """Return ``error`` as one sentence with its fix."""
    reason = os.strerror(error.errno) if error.errno else str(error)
    fix = _FIXES.get(error.errno or 0, "choose another place")
    return checks.InputError(f"{str(path)!r} cannot be written: {reason.lower()}; {fix}, and try again")


@contextlib.contextmanager
def replacing(path: Path, *, shared: bool = False) -> Iterator[Path]:
    """Yield a path beside ``path`` to write to; on success it takes ``path``'s place in one step.

    Parameters
    ----------
    path : Path
    shared : bool
        Several processes may write ``path`` at the same time, so each gets an empty file of its own to write to.

    Raises
    ------
    zukan.InputError
        When the file cannot be written: no space left, no permission.
    """
    beside = path.with_name(f".{path.stem}.part{path.suffix}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if shared:
            file, name = tempfile.mkstemp(prefix=f".{path.stem}.", suffix=f".part{path.suffix}", dir=path.parent)
            os.close(file)
            beside = Path(name)
        else:
            beside.unlink(missing_ok=True)  # in a folder from somewhere else it could be a link
        yield beside
        _sync(beside)
        beside.replace(path)
    except OSError as error:
        raise cannot_write(path, error) from error
    finally:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)


@contextlib.contextmanager
def replacing_folder(path: Path, *, force: bool = False) -> Iterator[Path]:
    """Yield a new folder beside ``path`` to fill; on success it takes the place of an empty one, or with ``force`` any.

    Raises
    ------
    zukan.InputError
        When it cannot be written: no space left, no permission.
    """
    path = path.absolute()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=path.parent))
    except OSError as error:
        raise cannot_write(path, error) from error
    old = None
    try:
        yield beside
        beside.chmod(0o777 & ~_umask())  # mkdtemp made it private
        if path.is_dir() and force:  # moved aside, so that a kill leaves the old or the new one, if under a hidden name
            old = Path(tempfile.mkdtemp(prefix=f".{path.name}.old.", dir=path.parent))
            path.rename(old / path.name)
        elif path.is_dir():
            path.rmdir()
        beside.rename(path)
    except OSError as error:
        raise cannot_write(path, error) from error
    finally:
        for left in (beside, old):
            if left is not None:
                shutil.rmtree(left, ignore_errors=True)


def write_text(path: Path, text: str) -> None:
    """Write ``text`` as UTF-8, in one step as `replacing` does."""
    with replacing(path) as beside:
        beside.write_text(text, encoding="utf-8")


def read_text(path: Path) -> str:
    """Return the UTF-8 text in ``path``, or raise ``OSError`` or ``ValueError``; at most `TEXT` bytes are taken."""
    with path.open("rb") as file:
        content = file.read(TEXT + 1)
    if len(content) > TEXT:
        raise ValueError(f"it is larger than {TEXT >> 20} MiB")
    return content.decode("utf-8")


def _sync(path: Path) -> None:
    """Bring a file's content to the disk before its name is there: else a power cut could leave an empty file."""
    with path.open("rb") as file, contextlib.suppress(OSError):  # where a file system has no such thing
        os.fsync(file.fileno())


def _umask() -> int:
    """Return the permissions that new files and folders of this process lack."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
