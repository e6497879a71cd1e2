"""The matrix of a table's features: in memory or, if it is too large, in a file of the cache."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from zukan.data import memory
from zukan.data.lazy import cache
from zukan.data.lazy.files import FileItems
from zukan.data.lazy.items import Array, Items
from zukan.data.options import Options
from zukan.data.tables.columns import Understood

_BLOCK = 1 << 12  # rows that are written to the cache at once


def matrix(understood: Understood, features: Sequence[str], options: Options) -> Array | Items:
    """Return the features as a float64 array of shape (rows, features).

    A file that is too large for memory is read once more, into the cache, from which its rows are streamed. If they do
    not fit there either, they are read into memory if they can be.

    Raises
    ------
    zukan.InputError
        If they fit nowhere.
    """
    table, shape = understood.table, (understood.rows, len(features))
    nbytes = 8 * shape[0] * shape[1]
    if table.key and not options.fits(shape[0] * shape[1]):
        key = cache.make_key("table", *table.key, features, understood.form, sorted(understood.marks.texts))
        if cache.has_room(nbytes) or cache.data_file(key).exists():
            blocks = _blocks(understood, features)
            # Blocks of rows, which is much quicker than rows; one thread, since a text file can only be read in order.
            items, _ = cache.decode_once(key, (-(-shape[0] // _BLOCK), _BLOCK, shape[1]), np.float64,
                                         lambda _: next(blocks), names=[], label=table.text, unreadable=(), threads=1)
            if isinstance(items, FileItems):
                return FileItems(items.path, 0, np.float64, shape)
    memory.check_fits(f"source {table.text!r}", nbytes)
    x = np.empty(shape)
    start = 0
    for piece in _pieces(understood, features):
        x[start : start + len(piece)] = piece
        start += len(piece)
    return x


def _pieces(understood: Understood, features: Sequence[str]) -> Iterator[npt.NDArray[np.float64]]:
    for arrays in understood.table.batches(features):
        yield np.column_stack([understood.cells(array).values for array in arrays])


def _blocks(understood: Understood, features: Sequence[str]) -> Iterator[npt.NDArray[np.float64]]:
    """Yield all rows in blocks of one size, of which the last is filled up with zeros."""
    rest = np.empty((0, len(features)))
    for piece in _pieces(understood, features):
        rest = np.concatenate([rest, piece])
        while len(rest) >= _BLOCK:
            yield rest[:_BLOCK]
            rest = rest[_BLOCK:]
    if len(rest):
        yield np.concatenate([rest, np.zeros((_BLOCK - len(rest), len(features)))])
