"""The condition under which a model is evaluated: the one of its data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from zukan import checks

if TYPE_CHECKING:
    from zukan.data import Dataset, Split
    from zukan.model import VAE


def condition_of(vae: VAE, split: Split) -> Any:
    """Return the condition of each item of ``split``, or None if the model has none.

    Raises
    ------
    zukan.InputError
        If the model has a condition, but the items have none.
    """
    if not vae.shapes.condition_dim:
        return None
    if split.condition is None:
        raise checks.InputError(
            "data must hold the condition of each item, since the model has one, got none; load it with "
            "zukan.data.load(..., condition=...)")
    return split.condition


def settings(vae: VAE, dataset: Dataset, most: int) -> dict[str, npt.NDArray[Any]]:
    """Return the ``most`` frequent conditions of the training items by name; empty if the model has none.

    Each is an array of one row, as the model takes it.
    """
    conditions = condition_of(vae, dataset.train)
    if conditions is None or dataset.condition is None:
        return {}
    return dataset.condition.settings(conditions, most)


def most_frequent(vae: VAE, dataset: Dataset) -> tuple[str, npt.NDArray[Any]] | None:
    """Return the name and the row of the most frequent condition; None if the model has none."""
    return next(iter(settings(vae, dataset, 1).items()), None)


def repeated(row: npt.NDArray[Any] | None, n: int) -> npt.NDArray[Any] | None:
    """Return one condition for each of ``n`` items."""
    return None if row is None else np.repeat(row, n, axis=0)
