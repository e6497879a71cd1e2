"""The batches of an epoch, in an order drawn from (seed, epoch): one by one, or as tables of rows on the device."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import tree

from zukan.compiled.items import Skipped, Steps

PIECES = 10  # items in an epoch: enough for a progress bar to move; costs under 3 % of the epoch


class Batches(keras.utils.PyDataset):
    """Arrays as batches, in a new order each epoch.

    Keras shuffles with a global generator. This order depends only on (seed, epoch), so it is the same on every backend
    and after a restart.

    Parameters
    ----------
    arrays : tree of arrays of equal length
    batch_size : int
    shuffle : bool
    seed : int
    """

    def __init__(self, arrays: Any, batch_size: int, *, shuffle: bool = False, seed: int = 0) -> None:
        super().__init__()
        self.arrays = arrays
        self.length = len(tree.flatten(arrays)[0])
        self.batch_size = batch_size
        self.shuffle = shuffle
        self.seed = seed
        self.start_epoch(0)

    def start_epoch(self, epoch: int, done: int = 0) -> None:
        """Draw the order of ``epoch``; its first ``done`` steps are skipped."""
        generator = np.random.default_rng([self.seed, epoch])
        self.order = (generator.permutation if self.shuffle else np.arange)(self.length).astype("int32")
        self.done = done

    def close(self) -> None:
        """Stop everything that reads in the background."""

    @property
    def num_steps(self) -> int:
        """Number of steps in an epoch."""
        return -(-self.length // self.batch_size)

    @property
    def num_batches(self) -> int:
        """Number of items in an epoch; an item holds one step or several."""
        return self.num_steps

    def steps_after(self, index: int) -> int:
        """Return how many steps of the epoch are done after item ``index``."""
        return index + 1

    def __getitem__(self, index: int) -> Any:
        """Return the rows of one batch."""
        if index < self.done:
            return Skipped()
        rows = self.order[index * self.batch_size : (index + 1) * self.batch_size]
        return tree.map_structure(lambda array: array[rows], self.arrays)


class Pieces(Batches):
    """The same batches, with several in each item; a smaller last batch is a separate item.

    All other items have the same shape, so that one program runs them all.

    Parameters
    ----------
    arrays, batch_size, **options
        As for `Batches`.
    pieces : int
        Number of items that an epoch is split into.
    at_most : int, optional
        Largest number of steps in an item.
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
        """Return the first step of item ``index``, and the first step after it."""
        return min(index * self.steps, self.full), self.steps_after(index)

    def item(self, arrays: Any, places: np.ndarray, start: int, stop: int) -> Steps:
        """Return steps ``start`` to ``stop`` without those already done.

        Parameters
        ----------
        arrays : tree of arrays
            Data on the device.
        places : int array, shape (length,)
            The row of ``arrays`` for each place in the order of the epoch.
        start, stop : int
        """
        begin = min(max(start, self.done), stop)
        rows = places[begin * self.batch_size : stop * self.batch_size]
        whole = start < self.full
        table = np.zeros((self.steps, self.batch_size) if whole else (1, self.length % self.batch_size), "int32")
        if begin < stop:
            table[: stop - begin] = rows.reshape(stop - begin, -1)
        return Steps(arrays, table, np.int32(stop - begin))


class Tables(Pieces):
    """Arrays that stay on the device for the whole training; an item is a table of their rows."""

    def __init__(self, arrays: Any, batch_size: int, **options: Any) -> None:
        import jax  # noqa: PLC0415 only this path needs it

        super().__init__(tree.map_structure(jax.device_put, arrays), batch_size, **options)

    def __getitem__(self, index: int) -> Steps:
        """Return the arrays with the table of item ``index``."""
        return self.item(self.arrays, self.order, *self.span(index))
