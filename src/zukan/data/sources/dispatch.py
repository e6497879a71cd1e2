"""Dispatch: decide which reader reads a source, by its type or, for a file, by its content."""

from __future__ import annotations

import gzip
import os
import tarfile
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from zukan import checks
from zukan.data.options import Options
from zukan.data.sources import amat, arrays, builtin, folders, huggingface, idx, libraries, npz, table_kinds
from zukan.data.sources.base import Source
from zukan.data.sources.pictures import with_pictures
from zukan.data.tables.needed import Needed

_ENDINGS = (".npy", ".npz", ".zip", ".tar", ".tar.gz", ".tgz", ".tar.xz", ".tar.bz2", ".gz", "-ubyte", ".idx",
            amat.ENDING, *table_kinds.ENDINGS)


def read(source: Any, options: Options, needed: Needed) -> Source:
    """Read a source of any kind; PIL images become arrays.

    Parameters
    ----------
    source : Any
        What `zukan.data.load` takes.
    options : Options
    needed : Needed
        What is known about a table.
    """
    return with_pictures(_read(source, options, needed), options)


def _read(source: Any, options: Options, needed: Needed) -> Source:
    if isinstance(source, str) and (source in builtin.NAMES or not _is_path(source)):
        return _read_builtin(source)
    if isinstance(source, (str, os.PathLike)):
        return _read_path(Path(source), options, needed)
    if table_kinds.is_frame(source) or table_kinds.is_columns(source):
        return table_kinds.read("frames", source, options, needed)
    kind = libraries.find_kind(source)
    if kind == "huggingface":
        return huggingface.read(source, options, needed)
    if kind is not None:
        return libraries.read(source, kind)
    return arrays.read(source)


def _read_builtin(name: str) -> Source:
    """Return the built-in data set of that name, with a note if a file or folder has the same name."""
    found = builtin.read(name)
    if not Path(name).exists():
        return found
    note = (f"read the built-in data set {name!r}; for the file or folder of that name in the working folder, "
            f"give './{name}'")
    return replace(found, notes=(*found.notes, note))


def _is_path(text: str) -> bool:
    """Return whether ``text`` is a path: by its ending, a separator in it, or a file that exists."""
    return (text.lower().endswith(_ENDINGS) or any(separator in text for separator in {"/", os.sep})
            or (bool(text) and "\0" not in text and Path(text).exists()))


def _read_path(path: Path, options: Options, needed: Needed) -> Source:
    try:
        kind = _file_kind(path)
    except checks.InputError:
        raise
    except Exception:  # noqa: BLE001 the reader reports what is wrong
        kind = "npz"
    if kind == "images":
        return folders.read(path, options)
    if kind == "amat":
        return amat.read(path)
    if kind == "idx":
        return idx.read(path, options)
    if kind == "npz":
        return npz.read(path, options)
    return table_kinds.read(kind, path, options, needed)


def _file_kind(path: Path) -> str:
    """Return the kind of a file or folder, by the names in it, its first bytes or its ending."""
    if path.is_dir():
        return "idx" if idx.is_folder(path) else "amat" if amat.is_folder(path) else "images"
    start = _first_bytes(path)
    if path.suffix == amat.ENDING:
        return "amat"
    if idx.is_idx(start):
        return "idx"
    if _is_image_archive(path, start):
        return "images"
    return table_kinds.reader_of(path, start) or "npz"


def _first_bytes(path: Path) -> bytes:
    """Return the first four bytes of a file, unpacked if it is gzipped."""
    with path.open("rb") as file:
        start = file.read(4)
        if start.startswith(b"\x1f\x8b"):
            file.seek(0)
            start = gzip.GzipFile(fileobj=file).read(4)
    return start


def _is_image_archive(path: Path, start: bytes) -> bool:
    """Return whether a file is a tar, or a zip with images in it; an ``.npz`` is a zip too."""
    if not (start.startswith(b"PK") and zipfile.is_zipfile(path)):
        return tarfile.is_tarfile(path)
    with zipfile.ZipFile(path) as archive:
        return folders.holds_images(path, archive.namelist())
