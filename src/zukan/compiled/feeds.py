"""An epoch's batches in the order that (seed, epoch) draws, and as tables of row numbers for arrays on the device."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import tree

PIECES = 10  # items an epoch is cut into, so that a progress bar moves; costs under 3 % of the epoch


class Batches(keras.utils.PyDataset):
    """Arrays as batches, in an order drawn anew for each epoch from (seed, epoch).

    Stock Keras shuffles with a global generator; this order is the same on every backend and after a restart.

    Parameters
    ----------
    arrays : tree of arrays with the same length
    batch_size : int
    shuffle : bool
    seed : int
    """

    ahead: Any = None
    """What reads data larger than memory."""

    def __init__(self, arrays: Any, batch_size: int, *, shuffle: bool = False, seed: int = 0) -> None:
        super().__init__()
        self.arrays = arrays
        self.length = len(tree.flatten(arrays)[0])
        self.batch_size = batch_size
        self.shuffle = shuffle
        self.seed = seed
        self.start_epoch(0)

    def start_epoch(self, epoch: int, done: int = 0) -> None:
        """Draw the order of ``epoch``, whose first ``done`` steps were done before: items of those change nothing."""
        generator = np.random.default_rng([self.seed, epoch])
        self.order = (generator.permutation if self.shuffle else np.arange)(self.length).astype("int32")
        self.done = done

    def close(self) -> None:
        """End what reads ahead."""
        if self.ahead is not None:
            self.ahead.close()

    @property
    def num_steps(self) -> int:
        """Number of steps in an epoch."""
        return -(-self.length // self.batch_size)

    @property
    def num_batches(self) -> int:
        """Number of items in an epoch."""
        return self.num_steps

    def steps_after(self, index: int) -> int:
        """Return how many steps of the epoch are done after item ``index``."""
        return index + 1

    def __getitem__(self, index: int) -> Any:
        """Return the rows of one batch."""
        if index < self.done:
            return {"skipped": np.int32(0)}
        rows = self.order[index * self.batch_size : (index + 1) * self.batch_size]
        return tree.map_structure(lambda array: array[rows], self.arrays)


class Pieces(Batches):
    """The same batches, several steps an item, plus one item for a smaller last batch.

    Every item but that has the same shape, with the number of steps beside it, so that one program serves them all.
    """

    def __init__(self, arrays: Any, batch_size: int, *, pieces: int = PIECES, at_most: int | None = None,
                 **options: Any) -> None:
        super().__init__(arrays, batch_size, **options)
        self.full = self.length // batch_size
        self.steps = max(1, min(-(-self.full // pieces), at_most or self.full))

    @property
    def num_batches(self) -> int:
        """Number of items in an epoch."""
        return -(-self.full // self.steps) + bool(self.length % self.batch_size)

    def steps_after(self, index: int) -> int:
        """Return how many steps of the epoch are done after item ``index``."""
        return min((index + 1) * self.steps, self.full) if index * self.steps < self.full else self.num_steps

    def span(self, index: int) -> tuple[int, int]:
        """Return the first step of item ``index``, and the one after its last."""
        return min(index * self.steps, self.full), self.steps_after(index)

    def table(self, numbers: np.ndarray, start: int, stop: int) -> dict[str, Any]:
        """Return the rows of steps ``start`` to ``stop`` as a table, without those done, and how many rows of it count.

        Parameters
        ----------
        numbers : array
            From the epoch's places to rows of what lies on the device.
        start, stop : int
        """
        begin = min(max(start, self.done), stop)
        rows = numbers[begin * self.batch_size : stop * self.batch_size]
        whole = start < self.full
        table = np.zeros((self.steps, self.batch_size) if whole else (1, self.length % self.batch_size), "int32")
        if begin < stop:
            table[: stop - begin] = rows.reshape(stop - begin, -1)
        return {"table": table, "count": np.int32(stop - begin)}


class Tables(Pieces):
    """Tables of row numbers over arrays that are kept on the device."""

    def __init__(self, arrays: Any, batch_size: int, **options: Any) -> None:
        import jax  # noqa: PLC0415 only this path needs it

        super().__init__(tree.map_structure(jax.device_put, arrays), batch_size, **options)

    def __getitem__(self, index: int) -> dict[str, Any]:
        """Return the arrays, one table and the number of its rows that count."""
        return {"arrays": self.arrays, **self.table(self.order, *self.span(index))}
