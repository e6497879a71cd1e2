"""What a path stands for: a file of arrays, a table, an IDX file, images in a folder or archive."""

from __future__ import annotations

import gzip
import os
import tarfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from zukan.data import delimited, folders, frames, idx, onfile
from zukan.data.files import opened
from zukan.data.options import Options
from zukan.data.source import Source

ENDINGS = (".npy", ".npz", ".zip", ".tar", ".tar.gz", ".tgz", ".tar.xz", ".tar.bz2", ".gz", "-ubyte", ".idx",
           ".parquet", *delimited.ENDINGS)


@contextmanager
def at(path: Path, options: Options) -> Iterator[Source]:
    """Yield the `Source` at ``path``, told by its content."""
    kind, name = _kind(path), path.name.split(".")[0] or path.name
    if kind == "images":
        found = folders.read(path, options)
        yield Source(name, str(path), str(path), found.arrays, notes=found.notes, unreadable=found.unreadable)
    elif kind == "parquet":
        yield frames.parquet(path, options)
    elif kind == "text":
        yield delimited.read(path, options)
    elif kind == "idx":
        yield Source(name, str(path), "", _idx({str(path): path}, options))
    elif kind == "idx folder":
        yield Source(name, str(path), str(path), _idx(idx.roles(path), options))
    elif (large := onfile.arrays(path, options)) is not None:
        yield Source(path.stem, str(path), "" if str(path) in large else str(path), large)
    else:
        with opened(path, str(path)) as arrays:
            yield Source(path.stem, str(path), "" if str(path) in arrays else str(path), arrays)


def _idx(files: Mapping[str, Path], options: Options) -> Mapping[str, Any]:
    """Return the arrays in IDX files, unread where they are large."""
    found = {role: idx.on_disk(file) for role, file in files.items()}
    if all(x is not None for x in found.values()) and onfile.large(found, options):
        return {role: x if x is not None and x.ndim > 1 else idx.read(files[role]) for role, x in found.items()}
    return {role: idx.read(file) for role, file in files.items()}


def _kind(path: Path) -> str:
    try:
        if path.is_dir():
            return "idx folder" if "x_train" in idx.roles(path) else "images"
        with path.open("rb") as file:
            start = file.read(4)
            if start.startswith(b"\x1f\x8b"):
                file.seek(0)
                start = gzip.GzipFile(fileobj=file).read(4)
        if idx.is_idx(start) or start == b"PAR1":
            return "parquet" if start == b"PAR1" else "idx"
        if path.suffix.lower() in delimited.ENDINGS:
            return "text"
        if start.startswith(b"PK") and zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                return "images" if folders.holds_images(archive.namelist()) else "arrays"
        return "images" if tarfile.is_tarfile(path) else "arrays"
    except Exception:  # noqa: BLE001 what is wrong with it is told where it is read
        return "arrays"


def named(text: str) -> bool:
    """Whether ``text`` names a path: by its ending or a mark within it, or since something lies there."""
    return (text.lower().endswith(ENDINGS) or any(mark in text for mark in {"/", os.sep})
            or (bool(text) and "\0" not in text and Path(text).exists()))
