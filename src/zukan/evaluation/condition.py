"""The condition under which a model is evaluated: the labels of its data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from zukan import checks

if TYPE_CHECKING:
    from zukan.data import Dataset, Split
    from zukan.model import VAE


def condition_of(vae: VAE, split: Split) -> npt.NDArray[np.int64] | None:
    """Return the labels of the items of ``split``, or None if the model has no condition.

    Raises
    ------
    zukan.InputError
        If the model has a condition, but the items have no labels.
    """
    if not vae.shapes.condition_dim:
        return None
    if split.y is None:
        raise checks.InputError(
            "data must have labels, since the model has a condition, got none; give the data with its labels")
    return split.y


def most_frequent(vae: VAE, dataset: Dataset) -> int | None:
    """Return the label of most training items, the smallest of several; None if the model has no condition."""
    labels = condition_of(vae, dataset.train)
    return None if labels is None else int(np.bincount(labels).argmax())
