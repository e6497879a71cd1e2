"""The matrix of a table's features: in memory or, if it is too large, in a file of the cache."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from zukan.data import memory
from zukan.data.lazy import cache
from zukan.data.lazy.files import FileItems
from zukan.data.lazy.items import Array, Items
from zukan.data.options import Options
from zukan.data.tables.columns import Understood
from zukan.data.tables.encoding import encode
from zukan.data.tables.schema import Schema

_BLOCK = 1 << 12  # rows that are written to the cache at once


def matrix(understood: Understood, schema: Schema, options: Options) -> Array | Items:
    """Return the columns of ``schema`` as a float64 array of shape (rows, columns), in the units of the table.

    A file that is too large for memory is read once more, into the cache, from which its rows are streamed. If they do
    not fit there either, they are read into memory if they can be.

    Raises
    ------
    zukan.InputError
        If they fit nowhere.
    """
    table, shape = understood.table, (understood.rows, len(schema))
    nbytes = 8 * shape[0] * shape[1]
    if table.key and not options.fits(shape[0] * shape[1]):
        cells = [replace(column, why="", decimals=None, low=0.0, high=0.0, offset=0.0, factor=1.0)
                 for column in schema.columns]
        key = cache.make_key("table", *table.key, json.dumps(Schema(tuple(cells)).to_json()), understood.form,
                             sorted(understood.marks.texts), understood.marks.numbers)
        if cache.has_room(nbytes) or cache.data_file(key).exists():
            blocks = _blocks(understood, schema)
            # Blocks of rows, which is much quicker than rows; one thread, since a text file can only be read in order.
            items, _ = cache.decode_once(key, (-(-shape[0] // _BLOCK), _BLOCK, shape[1]), np.float64,
                                         lambda _: next(blocks), names=[], label=table.text, unreadable=(), threads=1)
            if isinstance(items, FileItems):
                return FileItems(items.path, 0, np.float64, shape)
    memory.check_fits(f"source {table.text!r}", nbytes)
    x = np.empty(shape)
    start = 0
    for piece in _pieces(understood, schema):
        x[start : start + len(piece)] = piece
        start += len(piece)
    return x


def _pieces(understood: Understood, schema: Schema) -> Iterator[npt.NDArray[np.float64]]:
    forms = [understood.surveys[name].form for name in schema.names]
    for arrays in understood.table.batches(schema.names):
        yield np.column_stack([encode(column, understood.cells(array), form)
                               for column, array, form in zip(schema.columns, arrays, forms, strict=True)])


def _blocks(understood: Understood, schema: Schema) -> Iterator[npt.NDArray[np.float64]]:
    """Yield all rows in blocks of one size, of which the last is filled up with zeros."""
    rest = np.empty((0, len(schema)))
    for piece in _pieces(understood, schema):
        rest = np.concatenate([rest, piece])
        while len(rest) >= _BLOCK:
            yield rest[:_BLOCK]
            rest = rest[_BLOCK:]
    if len(rest):
        yield np.concatenate([rest, np.zeros((_BLOCK - len(rest), len(schema)))])
