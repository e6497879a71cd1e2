"""The batches of an epoch, in an order drawn from (seed, epoch): one by one, or as tables of rows on the device."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from typing import Any

import keras
import numpy as np
from keras import tree

from zukan.compiled.items import End, Skipped, Steps, Validation
from zukan.compiled.placement import Placement

PIECES = 10  # items in an epoch on a CPU: enough for a progress bar to move; costs under 3 % of the epoch
STEPS, BYTES = 2000, 1 << 28  # the most in an item on an accelerator, about a tenth of a second: each one has a cost


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


class Pieces(Batches, ABC):
    """The same batches, with several in each item.

    All items hold the same number of batches, except for the last one, which holds the rest and the validation: two
    programs run them.

    Parameters
    ----------
    arrays, batch_size, **options
        As for `Batches`.
    placement : Placement
    steps : int, optional
        Number of batches in an item; by default as many as a live progress bar allows.
    at_most : int, optional
        Largest number of batches in an item.
    """

    def __init__(self, arrays: Any, batch_size: int, *, placement: Placement | None = None, steps: int | None = None,
                 at_most: int | None = None, **options: Any) -> None:
        super().__init__(arrays, batch_size, **options)
        self.placement = placement or Placement()
        self.full = self.length // batch_size
        steps = steps or _steps(self.full, arrays, batch_size)
        self.steps = max(1, min(steps, at_most or steps, self.full))
        self.validation: Validation | None = None  # what the last item evaluates at its end

    @property
    def num_batches(self) -> int:
        """Number of items in an epoch."""
        whole, rest = divmod(self.full, self.steps)
        # If no whole batches remain for the last item, the others' program need not be compiled into it once more.
        ends_alone = whole > 1 and (self.validation is not None or self.length % self.batch_size > 0)
        return max(1, whole + (rest > 0 or ends_alone))

    def steps_after(self, index: int) -> int:
        """Return how many steps of the epoch are done after item ``index``."""
        return min((index + 1) * self.steps, self.full) if index + 1 < self.num_batches else self.num_steps

    def span(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        """Return the rows of item ``index``, shape (steps, batch_size), and those of a smaller last batch."""
        start, stop = (min(i * self.steps, self.full) for i in (index, index + 1))
        whole = self.order[start * self.batch_size : stop * self.batch_size].reshape(-1, self.batch_size)
        is_last = index + 1 == self.num_batches
        return whole, self.order[self.full * self.batch_size :] if is_last else self.order[:0]

    def __getitem__(self, index: int) -> Any:
        """Return the steps of item ``index`` that are not done yet."""
        if self.steps_after(index) <= self.done:
            return Skipped()
        done = max(0, min(self.done, self.full) - index * self.steps)
        item = self.item(index, done)
        if index + 1 < self.num_batches:
            return item
        return item._replace(end=item.end._replace(validation=self.validation))

    @abstractmethod
    def item(self, index: int, done: int) -> Steps:
        """Return the steps of item ``index`` after the first ``done``."""


class Tables(Pieces):
    """Arrays that stay on the device for the whole training; an item is a table of their rows.

    Parameters
    ----------
    arrays, batch_size, **options
        As for `Pieces`.
    held : tree of arrays and of `zukan.compiled.items.Stored`, optional
        The arrays on the devices, as `zukan.compiled.storing.stored` returns them; by default they are put there.
    """

    def __init__(self, arrays: Any, batch_size: int, *, held: Any = None, **options: Any) -> None:
        super().__init__(arrays, batch_size, **options)
        self.arrays = tree.map_structure(self.placement.whole, arrays) if held is None else held

    def item(self, index: int, done: int) -> Steps:
        """Return the arrays with the table of item ``index``."""
        whole, last = self.span(index)
        part = self.placement.part(self.batch_size)
        return Steps(self.arrays,
                     self.placement.batches(whole[done:, part], self.batch_size) if len(whole) > done else None,
                     End(self.placement.whole(last) if len(last) else None))


def _steps(full: int, arrays: Any, batch_size: int) -> int:
    """Return how many batches an item holds."""
    import jax  # noqa: PLC0415 only this path needs it

    if jax.default_backend() == "cpu":
        return -(-full // PIECES)
    size = sum(4 * math.prod(array.shape[1:]) for array in tree.flatten(arrays))
    return min(STEPS, max(1, BYTES // (batch_size * size)))
