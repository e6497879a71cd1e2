"""Duplicates: items that occur more than once, within a split or in both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from zukan import progress
from zukan.data.values import canonical
from zukan.streamed import Streamed, slices


@dataclass(frozen=True)
class Duplicates:
    """How many items are equal, value by value; a missing value equals a missing value.

    Parameters
    ----------
    train, test : int
        Number of items that repeat an earlier item of the same split.
    across : tuple of (int, int)
        For every test item that is also a training item: its row number, and the row number of the first such
        training item.
    """

    train: int
    test: int
    across: tuple[tuple[int, int], ...]

    def text(self, train_ids: Any, test_ids: Any) -> str:
        """Return the counts and an example in words; ``train_ids`` and ``test_ids`` are what the items are called."""
        within = f"{self.train:,} within the training items, {self.test:,} within the test items"
        if not self.across:
            return f"{within}, none in both"
        test, train = self.across[0]
        return (f"{within}, {len(self.across):,} test items are also training items (test item {test_ids[test]} is "
                f"training item {train_ids[train]})")


def duplicates(train: Any, test: Any) -> Duplicates:
    """Return the duplicates of two arrays or `Streamed`; takes about 30 bytes of memory per item.

    Parameters
    ----------
    train, test : arrays or Streamed of shape (n, *event) and (m, *event)
    """
    train_hashes, test_hashes = _hashes(train), _hashes(test)
    distinct, first = np.unique(train_hashes, return_index=True)
    place = np.minimum(np.searchsorted(distinct, test_hashes), len(distinct) - 1)
    pairs = [(int(i), int(first[place[i]])) for i in np.flatnonzero(distinct[place] == test_hashes)]
    across = tuple((i, j) for i, j in pairs if np.array_equal(train[j : j + 1], test[i : i + 1], equal_nan=True))
    return Duplicates(len(train_hashes) - len(distinct), len(test_hashes) - len(np.unique(test_hashes)), across)


def _hashes(x: Any) -> npt.NDArray[np.int64]:
    """Return a hash of every item; of streamed items as they are stored, which is quicker."""
    read = x.raw if isinstance(x, Streamed) else x.__getitem__
    hashes = np.empty(len(x), np.int64)
    for piece in progress.steps("Looking for duplicates", slices(x), len(x), lambda piece: piece.stop - piece.start):
        hashes[piece] = [hash(row.tobytes()) for row in np.ascontiguousarray(canonical(read(piece)))]
    return hashes
