"""The condition of a model as the page knows it: the settings that it offers, and the condition of each item."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from zukan.data import Dataset
from zukan.evaluation.condition import condition_of
from zukan.explorer.labels import labels
from zukan.model import VAE
from zukan.runs import Run


class Setting(NamedTuple):
    """A condition that the page offers.

    Attributes
    ----------
    name : str
    row : float array, shape (condition_dim,)
        The input ``condition`` of the networks.
    """

    name: str
    row: np.ndarray


def record(run: Run, dataset: Dataset) -> dict[str, Any] | None:
    """Return the manifest's entry ``condition``, or None if the model has none.

    Returns
    -------
    dict
        ``width`` of the networks' input. ``name``. ``settings``: each with a ``name`` and its ``row`` as pairs of a
        place and the number there; at all other places it is 0. ``items``: "labels" if the condition of an item is the
        setting with the index of its class, or "rows" if the file ``condition.f32`` holds the rows of all items.
    """
    if not run.model.shapes.condition_dim:
        return None
    offered = [{"name": name, "row": [[int(place), float(row[place])] for place in np.flatnonzero(row)]}
               for name, row in _settings(run.model, dataset)]
    return {"width": run.model.shapes.condition_dim, "name": run.recipe.condition, "settings": offered,
            "items": "labels" if item_rows(run.model, dataset) is None else "rows"}


def item_rows(vae: VAE, dataset: Dataset) -> np.ndarray | None:
    """Return the rows of all items, training items first, shape (count, condition_dim).

    None if the model has no condition, or if it is the class of each item, which the page knows already.
    """
    parts = [condition_of(vae, split) for split in (dataset.train, dataset.test)]
    rows = [np.asarray(part) for part in parts if part is not None and np.ndim(part) == 2]
    return np.concatenate(rows) if rows else None


def _settings(vae: VAE, dataset: Dataset) -> list[Setting]:
    """Return the settings that the page offers: the classes of the items, in the order of `labels`."""
    classes = labels(dataset)
    places = np.arange(vae.shapes.condition_dim)
    return [] if classes is None else [Setting(name, (places == number).astype("float32"))
                                       for name, number in zip(classes.names, classes.numbers, strict=True)]
