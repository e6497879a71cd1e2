"""What the items are called on the page: the same as in every other output."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from zukan.data import Dataset


def rows(dataset: Dataset) -> npt.NDArray[np.int64]:
    """Return the row number of each item in the source, counted from 0, training items first."""
    return np.concatenate([dataset.train.numbers, dataset.test.numbers])


def names(dataset: Dataset) -> tuple[str, ...] | None:
    """Return the names of all items, training items first, or None unless both splits have names."""
    if dataset.train.names is None or dataset.test.names is None:
        return None
    return dataset.train.names + dataset.test.names
