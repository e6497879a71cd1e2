"""How often each class is taken for another: only the counts that are not zero, since classes may be many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Whole = npt.NDArray[np.int64]


class Overlap(NamedTuple):
    """Two classes and the share of their items that is assigned to the other class."""

    a: int
    b: int
    share: float


class Confusion(NamedTuple):
    """Counts of items by true and predicted class.

    Attributes
    ----------
    classes : int
        Number of classes k.
    true, predicted, counts : int arrays, shape (cells,)
        The cells that are not zero: the two classes as numbers below k, and the number of items. Sorted by ``true``,
        then by ``predicted``.
    """

    classes: int
    true: Whole
    predicted: Whole
    counts: Whole

    @classmethod
    def of(cls, truth: Any, predicted: Any, classes: int) -> Confusion:
        """Count the items by their true and their predicted class, int arrays of shape (n,)."""
        cells, counts = np.unique(np.asarray(truth, np.int64) * classes + np.asarray(predicted), return_counts=True)
        return cls(classes, cells // classes, cells % classes, counts)

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> Confusion:
        """Return what `to_json` has written."""
        return cls(int(record["classes"]), *(np.array(record[name], np.int64) for name in cls._fields[1:]))

    def to_json(self) -> dict[str, Any]:
        """Return the attributes by name, with lists for arrays."""
        return {"classes": self.classes, **{name: getattr(self, name).tolist() for name in self._fields[1:]}}

    @property
    def sizes(self) -> Whole:
        """Number of items of each true class, shape (k,)."""
        return self._sums(self.true, self.counts)

    @property
    def correct(self) -> Whole:
        """Number of items of each class that are assigned to it, shape (k,)."""
        return self._sums(self.true, np.where(self.true == self.predicted, self.counts, 0))

    def most_frequent_errors(self) -> tuple[Whole, Whole]:
        """Return for each class the other class that most of its items are assigned to, and how many; 0 for none."""
        other, count = np.zeros((2, self.classes), np.int64)
        wrong = np.flatnonzero(self.true != self.predicted)
        order = wrong[np.argsort(-self.counts[wrong], kind="stable")][::-1]  # of a class, the largest is written last
        other[self.true[order]], count[self.true[order]] = self.predicted[order], self.counts[order]
        return other, count

    def overlaps(self, limit: int) -> list[Overlap]:
        """Return the pairs of classes that overlap most, the largest overlap first, ``limit`` of them at most."""
        low, high = np.minimum(self.true, self.predicted), np.maximum(self.true, self.predicted)
        confused = low != high
        keys, cell = np.unique(high[confused] * self.classes + low[confused], return_inverse=True)
        b, a, sizes = keys // self.classes, keys % self.classes, self.sizes
        wrong = np.bincount(cell, weights=self.counts[confused], minlength=len(keys))
        share = wrong / np.maximum(sizes[a] + sizes[b], 1)
        order = np.argsort(-share, kind="stable")[:limit]
        pairs = [Overlap(int(a[i]), int(b[i]), float(share[i])) for i in order]
        known, last = set(keys.tolist()), 1
        while len(pairs) < limit and last < self.classes:  # pairs without an overlap
            pairs += [Overlap(first, last, 0.0) for first in range(last) if last * self.classes + first not in known]
            last += 1
        return pairs[:limit]

    def among(self, chosen: Sequence[int]) -> Whole:
        """Return counts by true class (rows) and predicted class, for the chosen classes and all others together.

        Returns
        -------
        int array, shape (c + 1, c + 1), or (k, k) if all classes are chosen
        """
        place = np.full(self.classes, len(chosen))
        place[list(chosen)] = np.arange(len(chosen))
        size = len(chosen) + (len(chosen) < self.classes)
        matrix = np.zeros((size, size), np.int64)
        np.add.at(matrix, (place[self.true], place[self.predicted]), self.counts)
        return matrix

    def _sums(self, classes: Whole, count: Whole) -> Whole:
        return np.bincount(classes, weights=count, minlength=self.classes).astype(np.int64)
