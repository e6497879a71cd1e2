"""``.npy`` and ``.npz`` files, read into memory, or streamed if they are too large for it; nothing is unpickled."""

from __future__ import annotations

import contextlib
import math
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any

import numpy as np

from zukan import checks, files
from zukan.data.lazy import cache
from zukan.data.lazy.files import FileItems
from zukan.data.lazy.items import Array, Items
from zukan.data.options import Options
from zukan.data.sources.arrays import read_named
from zukan.data.sources.base import Part, Source
from zukan.streamed import AT_ONCE

_MAGIC = (b"\x93NUMPY", b"PK")  # the first bytes of .npy and .npz files
_HEADERS = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}


def read(path: Path, options: Options) -> Source:
    """Return the arrays in a ``.npy`` or ``.npz`` file.

    Raises
    ------
    zukan.InputError
        If the file is missing, damaged or of another kind, or its arrays have other names.
    """
    streamed = _streamed(path, options)
    if streamed is not None:
        return _source(path, streamed)
    with opened(path, str(path)) as content:
        return _source(path, content)


@contextlib.contextmanager
def opened(path: Any, name: str) -> Iterator[Any]:
    """Open a path or a packaged file; yield the array of a ``.npy`` or the arrays of an ``.npz`` by name.

    Messages call the file ``name``.
    """
    with _open(path, name) as file:
        try:
            start = file.read(6)
            file.seek(0)
            content = np.load(file, allow_pickle=False) if start.startswith(_MAGIC) else None
        except Exception as error:  # a damaged file can raise any error
            raise checks.InputError(
                f"{name} must be a complete .npy or .npz file without Python objects, but NumPy cannot "
                f"read it ({checks.show(str(error))}); write it again with numpy.save or numpy.savez") from error
        if content is None:
            raise checks.InputError(
                f"{name} must be a .npy, .npz or IDX file, a table, or a folder, zip or tar of images, "
                f"but it begins with {start!r}; write one with numpy.save, for example")
        yield content


def _open(path: Any, name: str) -> IO[bytes]:
    try:
        file: IO[bytes] = path.open("rb")
    except FileNotFoundError as error:
        raise checks.InputError(f"source must be an existing file, but there is no {name}; check the path") from error
    except (OSError, ValueError) as error:  # ValueError: a null character in the path
        reason = getattr(error, "strerror", None) or error
        raise checks.InputError(
            f"source must be a readable file, but {name} cannot be opened ({reason}); check its permissions"
        ) from error
    return file


def _source(path: Path, content: Array | Items | Mapping[str, Any]) -> Source:
    if isinstance(content, Mapping):
        return read_named(content, name=path.stem, text=str(path), path=str(path))
    return Source(path.stem, str(path), (Part(content, x_name=str(path)),))


def _streamed(path: Path, options: Options) -> Items | dict[str, Any] | None:
    """Return the content of a file with its items unread; None if they fit into memory or cannot be streamed.

    Compressed items are unpacked once, into the cache; if they do not fit there, they are read into memory.
    """
    with contextlib.suppress(Exception):  # what is wrong with the file is reported when it is read into memory
        if not zipfile.is_zipfile(path):
            array = _array_in(path)
            return None if _fit([array], options) else array
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            members = {info.filename.removesuffix(".npy"): info for info in archive.zip.infolist()}
            headers = {name: _Header(archive.zip, info) for name, info in members.items()}
            if _fit(headers.values(), options):
                return None
            return {name: _member(path, archive, name, header) if _are_items(header) else archive[name]
                    for name, header in headers.items()}
    return None


class _Header:
    """Shape, dtype and position of an array in an archive."""

    def __init__(self, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> None:
        self.info = info
        with archive.open(info) as file:
            self.shape, is_fortran, self.dtype = _HEADERS[np.lib.format.read_magic(file)](file)
            self.header_bytes = file.tell()
        self.size = math.prod(self.shape)
        if self.header_bytes + self.size * self.dtype.itemsize != info.file_size:
            raise ValueError("its header promises another size")
        if is_fortran and _are_items(self):
            raise ValueError("its values are stored column by column")


def _are_items(x: _Header | Items) -> bool:
    """Return whether an array has a shape and a dtype that items may have."""
    return 2 <= len(x.shape) <= 4 and (x.dtype == np.uint8 or x.dtype.kind in "bf")


def _fit(arrays: Any, options: Options) -> bool:
    """Return whether the items among ``arrays`` fit into memory."""
    return options.fits(sum(x.size for x in arrays if _are_items(x)))


def _array_in(path: Path) -> FileItems:
    """Return the array of a ``.npy`` file, unread."""
    mapped = np.lib.format.open_memmap(path, mode="r")
    if not mapped.flags.c_contiguous:
        raise ValueError("its values are stored column by column")
    return FileItems(path, mapped.offset, mapped.dtype, mapped.shape)


def _member(path: Path, archive: Any, name: str, header: _Header) -> Items | Array:
    """Return the items in a member of an archive: unread, from the cache, or in memory."""
    shape, dtype, info = header.shape, header.dtype, header.info
    if info.compress_type == zipfile.ZIP_STORED:
        with path.open("rb") as file:  # the lengths of name and extra field may differ in the archive's directory
            file.seek(info.header_offset + 26)
            lengths = np.frombuffer(file.read(4), "<u2")
        return FileItems(path, info.header_offset + 30 + int(lengths.sum()) + header.header_bytes, dtype, shape)
    key = cache.make_key("npz", *files.identity(path), name, shape, dtype.str)
    if not cache.has_room(header.size * dtype.itemsize) and not cache.data_file(key).exists():
        return archive[name]
    with archive.zip.open(info) as file:
        file.read(header.header_bytes)
        row_bytes = math.prod(shape[1:]) * dtype.itemsize
        step = max(1, AT_ONCE // row_bytes)
        block = b""

        def next_row(row: int) -> Array:
            nonlocal block
            if row % step == 0:
                block = file.read(row_bytes * step)
            start = row % step * row_bytes
            return np.frombuffer(block[start : start + row_bytes], dtype).reshape(shape[1:])

        # One thread: a compressed array can only be unpacked from its start to its end.
        items, _ = cache.decode_once(key, shape, dtype, next_row, names=[], label=str(path), unreadable=(), threads=1)
    return items if isinstance(items, FileItems) else archive[name]
