"""The classes of the data as the page knows them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from zukan.data import Dataset


class Labels(NamedTuple):
    """The classes that occur in the data, and the class of each item.

    Attributes
    ----------
    indices : int array, shape (count,)
        The class of each item, as an index into ``names``.
    names : list of str
    numbers : list of int
        The label of each class.
    """

    indices: np.ndarray
    names: list[str]
    numbers: list[int]


def labels(dataset: Dataset) -> Labels | None:
    """Return the labels of all items, training items first, or None unless both splits have labels."""
    if dataset.train.y is None or dataset.test.y is None:
        return None
    unique, indices = np.unique(np.concatenate([dataset.train.y, dataset.test.y]), return_inverse=True)
    names = [str(label) if dataset.class_names is None else dataset.class_names[label] for label in unique]
    return Labels(indices, names, unique.tolist())
