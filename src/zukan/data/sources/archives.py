"""The files in a folder, a zip or a tar, by name; nothing is unpacked to disk."""

from __future__ import annotations

import io
import stat
import tarfile
import threading
import zipfile
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

from zukan import checks, files
from zukan.data.account import Tally
from zukan.data.sources.walking import MAX_FILES, TooManyError, walk

_MAX_BYTES = 1 << 28  # limit for one file: a small archive could unpack to a file that fills the memory
_TWICE = "stored again under the same name"


class Container(ABC):
    """Files by name.

    Parameters
    ----------
    path : Path

    Attributes
    ----------
    names : list of str
        Paths inside the container, with ``/``.
    tally : Tally
        What is left out.
    """

    threads: int | None = None
    """Number of threads that may read at the same time; by default one for each core."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.names: list[str] = []
        self.tally = Tally()

    @abstractmethod
    def open(self, name: str) -> Any:
        """Open the file of that name for reading."""

    def read(self, name: str) -> bytes:
        """Return the content of a file, or raise ``OSError``."""
        try:
            with self.open(name) as file:
                content: bytes = file.read(_MAX_BYTES + 1)
        except OSError:
            raise
        except Exception as error:  # a damaged archive can raise any error
            raise OSError(read_error(error)) from error
        if len(content) > _MAX_BYTES:
            raise OSError(f"it holds more than {_MAX_BYTES >> 20} MiB")
        return content

    def state(self, name: str) -> tuple[Any, ...]:  # noqa: ARG002 used by Folder
        """Return what shows that the file has changed, if the container itself does not show it."""
        return ()


class Folder(Container):
    """A folder with everything below it, links included."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        try:
            self.names = walk(path, self.tally)
        except TooManyError as error:
            raise _too_many(path) from error

    def open(self, name: str) -> Any:
        """Open the file of that name for reading."""
        return (self.path / name).open("rb")

    def state(self, name: str) -> tuple[Any, ...]:
        """Return size and time of the file."""
        return files.stamp((self.path / name).stat())


class Archive(Container):
    """An open archive, which only one thread reads at a time."""

    def __init__(self, path: Path, file: Any) -> None:
        super().__init__(path)
        self.file = file
        self.lock = threading.Lock()

    def read(self, name: str) -> bytes:
        """Return the content of a file, or raise ``OSError``."""
        with self.lock:
            return super().read(name)


class Zip(Archive):
    """An open zip archive; in names that Windows wrote, a backslash separates folders."""

    def __init__(self, path: Path, file: zipfile.ZipFile) -> None:
        super().__init__(path, file)
        members = [member for member in file.infolist() if not member.filename.endswith(("/", "\\"))]
        links = [member.filename for member in members if stat.S_ISLNK(member.external_attr >> 16)]
        _check([member.filename for member in members], links, path)
        self.members = _by_name([(member.filename.replace("\\", "/"), member) for member in members], self.tally)
        self.names = sorted(self.members)

    def open(self, name: str) -> Any:
        """Open the file of that name for reading."""
        return self.file.open(self.members[name])


class Tar(Archive):
    """An open tar archive, compressed or not."""

    def __init__(self, path: Path, file: tarfile.TarFile) -> None:
        super().__init__(path, file)
        members = []
        for member in file:
            members.append(member)
            if len(members) > MAX_FILES:
                break
        links = [member.name for member in members if member.issym() or member.islnk()]
        _check([member.name for member in members], links, path)
        self.members = _by_name([(member.name, member) for member in members if member.isfile()], self.tally)
        self.names = list(self.members)  # in the order of the archive: a compressed one must be read from start to end
        if not isinstance(file.fileobj, io.BufferedReader):
            self.threads = 1

    def open(self, name: str) -> Any:
        """Open the file of that name for reading."""
        return self.file.extractfile(self.members[name])


@contextmanager
def opened(path: Path) -> Iterator[Container]:
    """Open a folder, a zip or a tar.

    Raises
    ------
    zukan.InputError
        If it cannot be read, or a file of an archive would lie outside of it.
    """
    with ExitStack() as stack:
        wanted = f"source {str(path)!r} must be a complete folder or archive, but it cannot be read"
        with checks.explained(lambda error: f"{wanted} ({checks.show(str(error))}); make it again"):
            container = _container(path, stack)
        yield container


def read_error(error: Exception) -> str:
    """Return the reason why a file cannot be read from its archive."""
    return f"it cannot be read from its archive ({checks.show(str(error))})"


def _container(path: Path, stack: ExitStack) -> Container:
    if path.is_dir():
        return Folder(path)
    if zipfile.is_zipfile(path):
        return Zip(path, stack.enter_context(zipfile.ZipFile(path)))
    return Tar(path, stack.enter_context(tarfile.open(path)))


def _by_name(members: list[tuple[str, Any]], tally: Tally) -> dict[str, Any]:
    """Return the members by name: of several with one name, the last, as if they were unpacked."""
    found: dict[str, Any] = {}
    for name, member in members:
        path = PurePosixPath(name).as_posix()
        if found.pop(path, None) is not None:
            tally.add(_TWICE, path)
        found[path] = member
    return found


def _too_many(path: Path) -> checks.InputError:
    return checks.InputError(f"source {str(path)!r} must hold at most {MAX_FILES:,} files, got more; split it up")


def _check(names: list[str], links: list[str], path: Path) -> None:
    """Refuse an archive with links, with files outside of it, or with too many files."""
    outside = [name for name in names if name.startswith(("/", "\\")) or ".." in PurePosixPath(
        name.replace("\\", "/")).parts or PurePosixPath(name).drive or name[1:2] == ":"]
    bad = outside + links
    if bad:
        reason = "lies outside of it" if outside else "is a link"
        raise checks.InputError(
            f"source {str(path)!r} must hold plain files, but {checks.show(bad[0])} {reason}; make the archive again")
    if len(names) > MAX_FILES:
        raise _too_many(path)
