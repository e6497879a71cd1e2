"""Arrays in files as `FileItems`, where they would take more memory than is granted."""

from __future__ import annotations

import contextlib
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from zukan.data import cache
from zukan.data.options import Options
from zukan.data.rows import FileItems, Items
from zukan.streamed import AT_ONCE

_HEADERS = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}


def large(arrays: Mapping[str, Any], options: Options) -> bool:
    """Whether the items among ``arrays`` would take more memory as float32 than is granted."""
    return 4 * sum(int(x.size) for x in arrays.values() if _are_items(x)) > options.budget


def arrays(path: Path, options: Options) -> dict[str, Any] | None:
    """Return the arrays of a ``.npy`` or ``.npz``, items as `FileItems`; None where they are small, or not readable.

    What is compressed is unpacked once, into the cache; where it does not fit there it is read into memory.
    """
    with contextlib.suppress(Exception):  # what is wrong with a file is told where it is read whole
        if not zipfile.is_zipfile(path):
            found: dict[str, Any] = {str(path): _npy(path)}
            return found if large(found, options) else None
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            members = {info.filename.removesuffix(".npy"): info for info in archive.zip.infolist()}
            found = {name: _Header(archive.zip, info) for name, info in members.items()}
            if not large(found, options):
                return None
            return {name: _member(path, archive, name, header) if _are_items(header) else archive[name]
                    for name, header in found.items()}
    return None


def _are_items(x: Any) -> bool:
    """Whether ``x`` has the shape and dtype of items that can be trained on."""
    return 2 <= len(x.shape) <= 4 and (x.dtype == np.uint8 or x.dtype.kind in "bf")


def _npy(path: Path) -> FileItems:
    mapped = np.lib.format.open_memmap(path, mode="r")
    if not mapped.flags.c_contiguous:
        raise ValueError("its values lie column by column")
    return FileItems(path, mapped.offset, mapped.dtype, mapped.shape)


class _Header:
    """Shape, dtype and place of an array within an archive."""

    def __init__(self, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> None:
        self.info = info
        with archive.open(info) as file:
            self.shape, column_first, self.dtype = _HEADERS[np.lib.format.read_magic(file)](file)
            self.skipped = file.tell()
        self.size = int(np.prod(self.shape, dtype=object))
        if self.skipped + self.size * self.dtype.itemsize != info.file_size:
            raise ValueError("its header promises another size")
        if column_first and _are_items(self):
            raise ValueError("its values lie column by column")


def _member(path: Path, archive: Any, name: str, header: _Header) -> Items | np.ndarray:
    shape, dtype = header.shape, header.dtype
    if header.info.compress_type == zipfile.ZIP_STORED:
        with path.open("rb") as file:  # the local header's lengths are its own
            file.seek(header.info.header_offset + 26)
            lengths = np.frombuffer(file.read(4), "<u2")
        return FileItems(path, header.info.header_offset + 30 + int(lengths.sum()) + header.skipped, dtype, shape)
    state = path.stat()
    key = cache.key("npz", str(path.resolve()), state.st_size, state.st_mtime_ns, name, shape, dtype.str)
    if not cache.fits(header.size * dtype.itemsize) and not (cache.folder() / f"{key}.bin").exists():
        return archive[name]
    with archive.zip.open(header.info) as file:
        file.read(header.skipped)
        width = int(np.prod(shape[1:], dtype=object)) * dtype.itemsize
        at_once = max(1, AT_ONCE // width)
        buffer: dict[int, bytes] = {}

        def next_row(row: int) -> np.ndarray:  # in one thread, since an archive is unpacked in order
            if row % at_once == 0:
                buffer[0] = file.read(width * at_once)
            start = row % at_once * width
            return np.frombuffer(buffer[0][start : start + width], dtype).reshape(shape[1:])

        items, _ = cache.filled(key, shape, dtype, next_row, names=[], label=str(path), threads=1)
    return items if isinstance(items, FileItems) else archive[name]
