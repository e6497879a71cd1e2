"""Items that occur more than once, within a split or in both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from zukan.streamed import Streamed, slices


@dataclass(frozen=True)
class Duplicates:
    """How many items equal an earlier one, value by value.

    Parameters
    ----------
    train, test : int
        Repeats within each split.
    across : tuple of (int, int)
        For each test item that is also a training item: the rows of both, test before training.
    """

    train: int
    test: int
    across: tuple[tuple[int, int], ...]

    def __str__(self) -> str:
        within = f"{self.train:,} within the training items, {self.test:,} within the test items"
        if not self.across:
            return f"{within}, none in both"
        test, train = self.across[0]
        return f"{within}, {len(self.across):,} test items are also training items (test {test} is training {train})"


def duplicates(train: Any, test: Any) -> Duplicates:
    """Compare all items of two arrays, of shapes ``(n, *event)`` and ``(m, *event)``; takes some 30 bytes an item."""
    train_keys, test_keys = _keys(train), _keys(test)
    known, first = np.unique(train_keys, return_index=True)
    place = np.minimum(np.searchsorted(known, test_keys), len(known) - 1)
    pairs = [(int(i), int(first[place[i]])) for i in np.flatnonzero(known[place] == test_keys)]
    across = tuple((i, j) for i, j in pairs if np.array_equal(train[j : j + 1], test[i : i + 1]))
    return Duplicates(len(train_keys) - len(known), len(test_keys) - len(np.unique(test_keys)), across)


def _keys(x: Any) -> npt.NDArray[np.int64]:
    """Return a hash of each item, of what is stored where that is smaller."""
    read = x.raw if isinstance(x, Streamed) else x.__getitem__
    keys = np.empty(len(x), np.int64)
    for part in slices(x):
        keys[part] = [hash(row.tobytes()) for row in np.ascontiguousarray(read(part))]
    return keys
