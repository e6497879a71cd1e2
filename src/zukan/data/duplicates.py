"""Items that occur more than once, within a split or in both."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

AT_ONCE = 4096  # rows held at a time


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
    """Compare all items of two arrays, of shapes ``(n, *event)`` and ``(m, *event)``."""
    first: dict[int, int] = {}
    repeats = {"train": 0, "test": 0}
    for i, key in _keys(train):
        repeats["train"] += first.setdefault(key, i) != i
    seen: set[int] = set()
    across = []
    for i, key in _keys(test):
        repeats["test"] += key in seen
        seen.add(key)
        if key in first and np.array_equal(train[first[key] : first[key] + 1], test[i : i + 1]):
            across.append((i, first[key]))
    return Duplicates(repeats["train"], repeats["test"], tuple(across))


def _keys(x: Any) -> Iterator[tuple[int, int]]:
    for start in range(0, len(x), AT_ONCE):
        rows = np.ascontiguousarray(x[start : start + AT_ONCE])
        yield from ((start + i, hash(row.tobytes())) for i, row in enumerate(rows))
