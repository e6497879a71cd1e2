"""The batches of an epoch of data larger than memory."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import tree

from zukan.compiled.feeds import Batches, Pieces
from zukan.compiled.items import End, Skipped, Steps, Stored
from zukan.compiled.prefetch import Prefetcher, Reader, library
from zukan.streamed import Streamed

CHUNK = 1 << 23  # largest size of an item in bytes
LARGER = 8  # times that on an accelerator, which needs longer items to stay busy


class Stream(Batches):
    """Batches of float32 arrays, for steps that do not run as one program."""

    def __init__(self, arrays: Any, batch_size: int, **options: Any) -> None:
        library()
        self.prefetcher = Prefetcher(_workers(arrays))
        super().__init__(arrays, batch_size, **options)

    def start_epoch(self, epoch: int, done: int = 0) -> None:
        """Draw the order of ``epoch``."""
        super().start_epoch(epoch, done)
        self.prefetcher.drop()
        self.reader = Reader(tree.flatten(self.arrays), [
            (self.order[:0, None], self.order[start : start + self.batch_size])
            for start in range(0, self.length, self.batch_size)], raw=False)

    def close(self) -> None:
        """Stop the background reading."""
        self.prefetcher.close()

    def __getitem__(self, index: int) -> Any:
        """Return the rows of one batch."""
        if index < self.done:
            return Skipped()
        return tree.pack_sequence_as(self.arrays, self.prefetcher.item(self.reader, index)[1])


class Chunks(Pieces):
    """Items of several batches, which are put on the devices in their stored dtype.

    Each process reads only the part of every batch that its devices get.
    """

    def __init__(self, arrays: Any, batch_size: int, **options: Any) -> None:
        import jax  # noqa: PLC0415 only this path needs it

        library()
        self.prefetcher = Prefetcher(_workers(arrays), self._put)
        first = [array.raw(slice(0, 1)) if isinstance(array, Streamed) else array[:1] for array in tree.flatten(arrays)]
        size = CHUNK if jax.default_backend() == "cpu" else LARGER * CHUNK
        at_most = max(1, size // (batch_size * sum(array.nbytes for array in first)))
        self.levels = [np.asarray(array.levels if isinstance(array, Streamed) else (), keras.config.floatx())
                       for array in tree.flatten(arrays)]
        super().__init__(arrays, batch_size, at_most=at_most, **options)

    def start_epoch(self, epoch: int, done: int = 0) -> None:
        """Draw the order of ``epoch``."""
        super().start_epoch(epoch, done)
        self.prefetcher.drop()
        self.reader: Reader | None = None

    def close(self) -> None:
        """Stop the background reading."""
        self.prefetcher.close()

    def item(self, index: int, done: int) -> Steps:
        """Return the rows of the batches in item ``index``."""
        if self.reader is None:
            part = self.placement.part(self.batch_size)
            spans = [self.span(i) for i in range(self.num_batches)]
            self.reader = Reader(tree.flatten(self.arrays), [
                (whole[:, part], last) for whole, last in spans if whole.size or last.size], raw=True)
        if index == len(self.reader):  # it only has the validation
            return Steps(None, None)
        whole, last = self.prefetcher.item(self.reader, index)
        return Steps(None, self._packed([array[done:] for array in whole] if done else whole), End(self._packed(last)))

    def _put(self, rows: tuple[list[Any], list[Any]]) -> tuple[list[Any], list[Any]]:
        """Put the batches of an item, and a smaller last one, on the devices."""
        whole, last = rows
        return ([self.placement.batches(array, self.batch_size) for array in whole],
                [self.placement.whole(array) for array in last])

    def _packed(self, rows: list[Any]) -> Any:
        """Return arrays as the model takes them, None if they have no rows."""
        if not len(rows[0]):
            return None
        return tree.pack_sequence_as(self.arrays, [
            Stored(values, levels) for values, levels in zip(rows, self.levels, strict=True)])


def _workers(arrays: Any) -> int:
    """Return how many processes read ``arrays``; 0 for threads."""
    return max((array.workers for array in tree.flatten(arrays) if isinstance(array, Streamed)), default=0)
