"""IDX files, the format in which MNIST was published, plain or gzipped; and folders with MNIST's four files."""

from __future__ import annotations

import gzip
import math
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from zukan import checks
from zukan.data.lazy.files import FileItems
from zukan.data.options import Options
from zukan.data.sources.base import Part, Source

_DTYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}  # by the third byte
_MAX_RATIO = 1100  # gzip compresses at most about 1032 bytes into one
_TRAIN, _TEST = ("train",), ("t10k", "test")  # how the names of the files begin


def is_idx(start: bytes) -> bool:
    """Return whether a file that begins with these four bytes, unpacked, is an IDX file."""
    return len(start) >= 4 and start[:2] == b"\0\0" and start[2] in _DTYPES and 1 <= start[3] <= 4


def is_folder(path: Path) -> bool:
    """Return whether a folder holds an IDX file of training images, named like MNIST's."""
    return path.is_dir() and _find(path, _TRAIN, "images") is not None


def read(path: Path, options: Options) -> Source:
    """Return the array of an IDX file, or the images and labels of a folder with files named like MNIST's.

    Raises
    ------
    zukan.InputError
        If a file is shorter or longer than its header says, or the images for test labels are missing.
    """
    name = path.name.split(".")[0] or path.name
    if not path.is_dir():
        return Source(name, str(path), _parts([(path, None)], options))
    files = [(_find(path, split, "images"), _find(path, split, "labels")) for split in (_TRAIN, _TEST)]
    pairs = [(images, labels) for images, labels in files if images is not None]
    without_images = [labels for images, labels in files if images is None and labels is not None]
    if without_images:
        raise checks.InputError(
            f"source {str(path)!r} must hold the images for the labels in {without_images[0].name!r}, but they are "
            "missing; add them, or remove the labels")
    return Source(name, str(path), _parts(pairs, options))


def _find(folder: Path, split: tuple[str, ...], kind: str) -> Path | None:
    """Return the file of a folder that holds the "images" or "labels" of a split, named like MNIST's."""
    return next((path for path in sorted(folder.iterdir(), reverse=True)
                 if path.name.startswith(split) and kind in path.name and "ubyte" in path.name), None)


def _parts(files: list[tuple[Path, Path | None]], options: Options) -> tuple[Part, ...]:
    """Return the parts in files of images and labels; either all images are streamed or none are."""
    streamed = [_streamed(images) for images, _ in files]
    if all(x is not None for x in streamed) and not options.fits(sum(x.size for x in streamed if x is not None)):
        xs: list[Any] = streamed
    else:
        xs = [_read_array(images) for images, _ in files]
    return tuple(Part(x, None if labels is None else _read_array(labels), str(images), str(labels))
                 for x, (images, labels) in zip(xs, files, strict=True))


def _read_array(path: Path) -> npt.NDArray[Any]:
    """Return the array of an IDX file, in the byte order of the machine."""
    try:
        with path.open("rb") as raw, _unpacked(raw) as file:
            shape, dtype = _read_header(file)
            size = math.prod(shape) * dtype.itemsize
            if size > _MAX_RATIO * path.stat().st_size:
                raise ValueError(f"its header promises {size:,} bytes, more than the file can hold")
            content = file.read(size + 1)
    except Exception as error:  # a damaged file can raise any error
        raise checks.InputError(
            f"source {str(path)!r} must be a complete IDX file, but {checks.show(str(error))}; download it again"
        ) from error
    if len(content) != size:
        count = "more" if len(content) > size else f"{len(content):,}"
        raise checks.InputError(
            f"source {str(path)!r} must hold the {size:,} bytes that its header declares, got {count}; "
            "download it again")
    return np.frombuffer(content, dtype).reshape(shape).astype(dtype.newbyteorder("="), copy=False)


def _streamed(path: Path) -> FileItems | None:
    """Return the array of an IDX file, unread; None if the file is compressed, damaged, or holds no items."""
    with suppress(OSError, ValueError), path.open("rb") as file:
        shape, dtype = _read_header(file)
        if len(shape) > 1 and path.stat().st_size == file.tell() + math.prod(shape) * dtype.itemsize:
            return FileItems(path, file.tell(), dtype, shape, dtype.newbyteorder("="))
    return None


def _read_header(file: IO[bytes]) -> tuple[list[int], np.dtype[Any]]:
    """Return shape and dtype, or raise ``ValueError``."""
    start = file.read(4)
    if not is_idx(start):
        raise ValueError("it does not begin like one")
    sides = file.read(4 * start[3])
    if len(sides) < 4 * start[3]:
        raise ValueError("its header is cut short")
    return np.frombuffer(sides, ">u4").astype(int).tolist(), np.dtype(_DTYPES[start[2]])


def _unpacked(raw: IO[bytes]) -> Any:
    is_packed = raw.read(2) == b"\x1f\x8b"
    raw.seek(0)
    return gzip.GzipFile(fileobj=raw) if is_packed else raw
