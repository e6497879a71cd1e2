"""The files within a folder, a zip or a tar, by name; nothing is ever unpacked to disk."""

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

from zukan import checks

LARGEST = 1 << 28  # bytes of one file; an archive's bomb is met here before it takes memory
MOST = 10_000_000  # files


class Container(ABC):
    """Files by name.

    Parameters
    ----------
    path : Path
    """

    threads: int | None = None
    """How many may read at once; by default one for each core."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.names: list[str] = []

    @abstractmethod
    def open(self, name: str) -> Any:
        """Open the file of that name for reading."""

    def read(self, name: str) -> bytes:
        """Return a file's content, or raise ``OSError``."""
        try:
            with self.open(name) as file:
                content: bytes = file.read(LARGEST + 1)
        except OSError:
            raise
        except Exception as error:  # a damaged archive fails in many ways
            raise OSError(f"it cannot be read from its container ({checks.show(str(error))})") from error
        if len(content) > LARGEST:
            raise OSError(f"it holds more than {LARGEST >> 20} MiB")
        return content

    def state(self, name: str) -> tuple[Any, ...]:  # noqa: ARG002
        """Return what changes when the file of that name does."""
        return ()


class Folder(Container):
    """A folder with all below it; links are followed to files, not to folders."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.names = sorted(file.relative_to(path).as_posix() for file in path.rglob("*") if file.is_file())

    def open(self, name: str) -> Any:
        """Open a file for reading."""
        return (self.path / name).open("rb")

    def state(self, name: str) -> tuple[Any, ...]:
        """Return size and time of the file."""
        found = (self.path / name).stat()
        return found.st_size, found.st_mtime_ns


class Zip(Container):
    """A zip archive."""

    def __init__(self, path: Path, file: Any) -> None:
        super().__init__(path)
        self.file = file
        self.lock = threading.Lock()
        members = [member for member in self.file.infolist() if not member.is_dir()]
        links = [member.filename for member in members if stat.S_ISLNK(member.external_attr >> 16)]
        self.names = _checked([member.filename for member in members], links, path)

    def open(self, name: str) -> Any:
        """Open a file for reading."""
        return self.file.open(name)

    def read(self, name: str) -> bytes:
        """Return a file's content."""
        with self.lock:
            return super().read(name)


class Tar(Zip):
    """A tar archive, compressed or not."""

    def __init__(self, path: Path, file: Any) -> None:
        Container.__init__(self, path)
        self.file = file
        self.lock = threading.Lock()
        members = []
        for member in self.file:
            members.append(member)
            if len(members) > MOST:
                break
        self.members = {member.name: member for member in members if member.isfile()}
        _checked([member.name for member in members], [m.name for m in members if m.issym() or m.islnk()], path)
        self.names = list(self.members)
        if not isinstance(file.fileobj, io.BufferedReader):  # a compressed one is read forwards, in its own order
            self.threads = 1

    def open(self, name: str) -> Any:
        """Open a file for reading."""
        return self.file.extractfile(self.members[name])


@contextmanager
def opened(path: Path) -> Iterator[Container]:
    """Open a folder, a zip or a tar.

    Raises
    ------
    zukan.InputError
        When it cannot be read, or an archive names a place outside of itself.
    """
    with ExitStack() as held:
        try:
            container = _container(path, held)
        except checks.InputError:
            raise
        except Exception as error:  # a damaged archive fails in many ways
            raise checks.InputError(
                f"source {str(path)!r} must be a whole folder or archive, but it cannot be read "
                f"({checks.show(str(error))}); make it again") from error
        yield container


def _container(path: Path, held: ExitStack) -> Container:
    if path.is_dir():
        return Folder(path)
    if zipfile.is_zipfile(path):
        return Zip(path, held.enter_context(zipfile.ZipFile(path)))
    return Tar(path, held.enter_context(tarfile.open(path)))


def _checked(names: list[str], links: list[str], path: Path) -> list[str]:
    """Return the sorted names, or refuse an archive that is made to reach outside of its folder, or is endless."""
    outside = [name for name in names if name.startswith(("/", "\\")) or ".." in PurePosixPath(
        name.replace("\\", "/")).parts or PurePosixPath(name).drive or name[1:2] == ":"]
    bad = outside + links
    if bad:
        why = "lies outside of it" if outside else "is a link"
        raise checks.InputError(
            f"source {str(path)!r} must hold plain files, but {checks.show(bad[0])} {why}; make the archive again")
    if len(names) > MOST:
        raise checks.InputError(f"source {str(path)!r} must hold at most {MOST:,} files, got more; split it up")
    return sorted(set(names))
