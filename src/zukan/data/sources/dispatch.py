"""Dispatch: decide which reader reads a source, by its type or, for a file, by its content."""

from __future__ import annotations

import gzip
import os
import tarfile
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from zukan.data.options import Options
from zukan.data.sources import arrays, builtin, delimited, folders, frames, huggingface, idx, libraries, npz
from zukan.data.sources.base import Source

_ENDINGS = (".npy", ".npz", ".zip", ".tar", ".tar.gz", ".tgz", ".tar.xz", ".tar.bz2", ".gz", "-ubyte", ".idx",
            ".parquet", *delimited.ENDINGS)


def read(source: Any, options: Options, columns: Sequence[str] | None = None) -> Source:
    """Return what a name, a path, an array, a mapping, a tuple, a table or a data set holds.

    Parameters
    ----------
    source : Any
        What `zukan.data.load` takes.
    options : Options
    columns : sequence of str, optional
        The columns of a table that are its features; by default all columns of numbers.
    """
    if isinstance(source, str) and (source in builtin.NAMES or not _is_path(source)):
        return builtin.read(source)
    if isinstance(source, (str, os.PathLike)):
        return _read_path(Path(source), options, columns)
    if frames.is_frame(source):
        return frames.read(source, options, columns)
    kind = libraries.find_kind(source)
    if kind == "huggingface":
        return huggingface.read(source, options, columns)
    if kind is not None:
        return libraries.read(source, kind, options)
    return arrays.read(source)


def _is_path(text: str) -> bool:
    """Return whether ``text`` is a path: by its ending, a separator in it, or a file that exists."""
    return (text.lower().endswith(_ENDINGS) or any(separator in text for separator in {"/", os.sep})
            or (bool(text) and "\0" not in text and Path(text).exists()))


def _read_path(path: Path, options: Options, columns: Sequence[str] | None) -> Source:
    kind = _file_kind(path)
    if kind == "images":
        return folders.read(path, options)
    if kind == "parquet":
        return frames.read_parquet(path, options, columns)
    if kind == "text":
        return delimited.read(path, options, columns)
    if kind == "idx":
        return idx.read(path, options)
    return npz.read(path, options)


def _file_kind(path: Path) -> str:
    """Return the kind of a file or folder, by its first bytes, its ending or the names in it."""
    try:
        if path.is_dir():
            return "idx" if idx.is_folder(path) else "images"
        with path.open("rb") as file:
            start = file.read(4)
            if start.startswith(b"\x1f\x8b"):  # gzip
                file.seek(0)
                start = gzip.GzipFile(fileobj=file).read(4)
        if idx.is_idx(start) or start == b"PAR1":
            return "parquet" if start == b"PAR1" else "idx"
        if path.suffix.lower() in delimited.ENDINGS:
            return "text"
        if start.startswith(b"PK") and zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                return "images" if folders.holds_images(archive.namelist()) else "npz"
        return "images" if tarfile.is_tarfile(path) else "npz"
    except Exception:  # noqa: BLE001 reading it then says what is wrong with it
        return "npz"
