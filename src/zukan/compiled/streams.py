"""The batches of an epoch of data larger than memory."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import tree

from zukan.compiled.feeds import Batches, Pieces
from zukan.compiled.items import Skipped, Steps, Stored
from zukan.compiled.prefetch import Prefetcher, Reader, library
from zukan.streamed import Streamed

CHUNK = 1 << 23  # largest size of an item in bytes


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
        self.reader = Reader(tree.flatten(self.arrays), self.order, 1, self.batch_size, raw=False)

    def close(self) -> None:
        """Stop the background reading."""
        self.prefetcher.close()

    def __getitem__(self, index: int) -> Any:
        """Return the rows of one batch."""
        if index < self.done:
            return Skipped()
        return tree.pack_sequence_as(self.arrays, self.prefetcher.item(self.reader, index))


class Chunks(Pieces):
    """Items of several batches, which are put on the device in their stored dtype."""

    def __init__(self, arrays: Any, batch_size: int, **options: Any) -> None:
        import jax  # noqa: PLC0415 only this path needs it

        library()
        self.prefetcher = Prefetcher(_workers(arrays), lambda rows: [jax.device_put(array) for array in rows])
        first = [array.raw(slice(0, 1)) if isinstance(array, Streamed) else array[:1] for array in tree.flatten(arrays)]
        at_most = max(1, CHUNK // (batch_size * sum(array.nbytes for array in first)))
        super().__init__(arrays, batch_size, at_most=at_most, **options)
        self.first = first
        self.levels = [np.asarray(array.levels if isinstance(array, Streamed) else (), keras.config.floatx())
                       for array in tree.flatten(arrays)]

    def start_epoch(self, epoch: int, done: int = 0) -> None:
        """Draw the order of ``epoch``."""
        super().start_epoch(epoch, done)
        self.prefetcher.drop()

    def close(self) -> None:
        """Stop the background reading."""
        self.prefetcher.close()

    def __getitem__(self, index: int) -> Steps:
        """Return the rows of item ``index`` and the table of its steps."""
        start, stop = self.span(index)
        if stop <= self.done:
            size = self.steps * self.batch_size
            rows = [np.zeros((size, *array.shape[1:]), array.dtype) for array in self.first]
        else:
            reader = Reader(tree.flatten(self.arrays), self.order, self.steps, self.batch_size, raw=True)
            rows = self.prefetcher.item(reader, index)
        places = np.arange(-start * self.batch_size, self.length - start * self.batch_size, dtype="int32")
        stored = [Stored(values, levels) for values, levels in zip(rows, self.levels, strict=True)]
        return self.item(tree.pack_sequence_as(self.arrays, stored), places, start, stop)


def _workers(arrays: Any) -> int:
    """Return how many processes read ``arrays``; 0 for threads."""
    return max(array.workers for array in tree.flatten(arrays) if isinstance(array, Streamed))
