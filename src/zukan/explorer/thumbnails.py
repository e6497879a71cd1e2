"""Thumbnails of the items: sheets of small images, each of items that lie close together on the map."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any

import numpy as np
from PIL import Image

from zukan.explorer import arrays, item_files
from zukan.explorer.item_files import MISSING

LONGEST = 32  # pixels of a thumbnail's longer side, at most
PER_ROW = 16  # of a sheet, which has as many rows
PER_SHEET = PER_ROW * PER_ROW
MOST = 1 << 20  # of more items, a random part has thumbnails
BITS = 16  # of a position on the map, along each axis


def write(folder: Path, chunks: Iterable[np.ndarray[Any, Any]], shape: Sequence[int], coords: np.ndarray[Any, Any], *,
          missing: bool) -> dict[str, Any] | None:
    """Write items, which are read only once, and the thumbnails of images.

    Parameters
    ----------
    folder : Path
    chunks : iterable of arrays of bytes, shape (n, ...)
        Each becomes a file.
    shape : sequence of int
        Of an item.
    coords : array, shape (count, 2)
        The positions of the items on the map.
    missing : bool
        Whether the byte `MISSING` is a missing value.

    Returns
    -------
    dict or None
        The manifest's entry ``thumbnails``: ``height``, ``width`` and ``channels`` of a thumbnail, how many are in a
        row of a sheet (``per_row``), and the ``format`` of the sheets. None if the items are not images.
    """
    if len(shape) != 3 or shape[2] not in {1, 3, 4}:
        item_files.write(folder, chunks)
        return None
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder) as file:
        small = Thumbnails(folder, file, shape, len(coords), missing=missing)
        item_files.write(folder, small.pass_on(chunks))
        return small.write(coords)


class Thumbnails:
    """Collects the thumbnails of items in a file, and writes them as sheets.

    Parameters
    ----------
    folder : Path
        Where the sheets are written: ``sheet-00000.png`` (gray) or ``.webp`` (color) and so on, and
        ``thumbnails.i32``, the place of each item's thumbnail in the sheets, or -1.
    file : file
        Temporary, for the thumbnails in the order of the items.
    shape : (int, int, int)
        Height, width and channels of an item.
    count : int
        Number of items.
    missing : bool
        Whether the byte `MISSING` is a missing value; it is transparent in the thumbnail.
    """

    def __init__(self, folder: Path, file: IO[bytes], shape: Sequence[int], count: int, *, missing: bool) -> None:
        height, width, self.channels = shape
        scale = min(1.0, LONGEST / max(height, width))
        self.folder, self.file = folder, file
        self.height, self.width = max(1, round(height * scale)), max(1, round(width * scale))
        self.resized = scale < 1
        self.layers = self.channels if self.channels == 4 or not missing else self.channels + 1
        self.chosen = np.ones(count, bool)
        if count > MOST:
            self.chosen[:] = False
            self.chosen[np.random.default_rng(0).choice(count, MOST, replace=False)] = True

    def pass_on(self, chunks: Iterable[np.ndarray[Any, Any]]) -> Iterator[np.ndarray[Any, Any]]:
        """Yield the chunks, and keep the thumbnails of their items in a temporary file."""
        start = 0
        for chunk in chunks:
            self.file.write(self._small(chunk[self.chosen[start : start + len(chunk)]]).tobytes())
            start += len(chunk)
            yield chunk

    def write(self, coords: np.ndarray[Any, Any]) -> dict[str, Any]:
        """Write the sheets of items with the positions ``coords``, shape (count, 2); return the manifest's entry."""
        items = np.flatnonzero(self.chosen)
        order = curve(coords[items])
        places = np.full(len(self.chosen), -1, "<i4")
        places[items[order]] = np.arange(len(order))
        arrays.write(self.folder / "thumbnails.i32", places)
        kind, options = ("png", {}) if self.channels == 1 else ("webp", {"quality": 80, "method": 0})
        for number, start in enumerate(range(0, len(order), PER_SHEET)):
            sheet = np.zeros((PER_SHEET, self.height, self.width, self.layers), "u1")
            part = order[start : start + PER_SHEET]
            for place, item in enumerate(part):  # read, since a mapped file would count as memory of the process
                self.file.seek(int(item) * sheet[0].nbytes)
                self.file.readinto(sheet[place].data)  # type: ignore[attr-defined]
            rows = sheet.reshape(PER_ROW, PER_ROW, self.height, self.width, self.layers).swapaxes(1, 2)
            pixels = rows.reshape(PER_ROW * self.height, PER_ROW * self.width, self.layers)
            with item_files.writing(self.folder / f"sheet-{number:05d}.{kind}") as path:
                Image.fromarray(pixels[..., 0] if self.layers == 1 else pixels).save(path, kind, **options)
        return {"height": self.height, "width": self.width, "channels": self.channels, "per_row": PER_ROW,
                "format": kind}

    def _small(self, items: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """Return thumbnails of bytes, shape (n, height, width, layers)."""
        if self.layers > self.channels:
            lacking = (items == MISSING).any(axis=-1, keepdims=True)
            items = np.concatenate([np.where(lacking, 0, items), np.where(lacking, 0, MISSING)], -1).astype("u1")
        if not self.resized:
            return items
        resized = [Image.fromarray(item[..., 0] if item.shape[-1] == 1 else item)
                   .resize((self.width, self.height), Image.Resampling.BOX) for item in items]
        shape = (-1, self.height, self.width, self.layers)
        return np.array([np.asarray(image) for image in resized], "u1").reshape(shape)


def curve(coords: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return the order of points along a Z-order curve, on which neighbors are close to each other."""
    low, high = coords.min(axis=0), coords.max(axis=0)
    scaled = (coords - low) / np.maximum(high - low, np.finfo("f4").tiny)
    column, row = (scaled * ((1 << BITS) - 1)).astype("u4").T
    return np.argsort(_spread(column) | (_spread(row) << np.uint32(1)), kind="stable")


def _spread(values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return numbers whose even bits are the bits of ``values``."""
    for shift, mask in ((8, 0x00FF00FF), (4, 0x0F0F0F0F), (2, 0x33333333), (1, 0x55555555)):
        values = (values | (values << np.uint32(shift))) & np.uint32(mask)
    return values
