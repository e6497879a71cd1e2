"""The condition of a model as the page knows it: the settings that it offers, and the condition of each item."""

from __future__ import annotations

from typing import Any

import numpy as np

from zukan.data import Dataset
from zukan.data.conditions import LABEL
from zukan.explorer.labels import Labels, labels

MOST = 200  # settings in the page's list, if the condition is not the label


def record(dataset: Dataset) -> dict[str, Any] | None:
    """Return the manifest's entry ``condition``, or None if the data has none.

    Returns
    -------
    dict
        ``width`` of the networks' input. ``name``. ``settings``: each with a ``name`` and its ``row`` as pairs of a
        place and the number there; at all other places it is 0. ``items``: "labels" if the condition of an item is the
        setting with the index of its class, or "rows" if the file ``condition.f32`` holds the rows of all items.
    """
    if dataset.condition is None:
        return None
    by_label = _label(dataset)
    if by_label is None:
        offered = dataset.condition.settings(_encoded(dataset)[: len(dataset.train)], MOST)
    else:
        first = np.unique(by_label.indices, return_index=True)[1]
        offered = dict(zip(by_label.names, np.split(_encoded(dataset)[first], len(first)), strict=True))
    settings = [{"name": name, "row": _sparse(dataset.condition.rows(encoded)[0])} for name, encoded in offered.items()]
    return {"width": dataset.condition.width, "name": ", ".join(dataset.condition.names), "settings": settings,
            "items": "rows" if by_label is None else "labels"}


def item_rows(dataset: Dataset) -> np.ndarray | None:
    """Return the rows of all items, training items first, shape (count, width).

    None if the data has no condition, or if it is the class of each item, which the page knows already.
    """
    if dataset.condition is None or _label(dataset) is not None:
        return None
    return dataset.condition.rows(_encoded(dataset))


def _label(dataset: Dataset) -> Labels | None:
    """Return the classes of the items if they are the condition."""
    return labels(dataset) if dataset.condition is not None and dataset.condition.names == [LABEL] else None


def _encoded(dataset: Dataset) -> np.ndarray:
    return np.concatenate([np.asarray(split.condition) for split in (dataset.train, dataset.test)])


def _sparse(row: np.ndarray) -> list[list[float]]:
    return [[int(place), float(row[place])] for place in np.flatnonzero(row)]
