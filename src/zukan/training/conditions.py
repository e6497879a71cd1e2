"""The condition of a model: the class of each item, as its number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from zukan import checks
from zukan.data import Dataset
from zukan.training.recipe import Recipe

MOST = 10_000  # classes: every one is an input of the encoder and of the decoder


@dataclass(frozen=True, eq=False)
class Conditions:
    """The conditions of a data set; all are None if the recipe has no condition.

    Attributes
    ----------
    classes : tuple of str or int, or None
        The labels that occur, sorted. Text is numbered by its place; a whole number is the number of its class.
    train, test : int64 array, shape (n,), or None
        The number of each item's class.
    """

    classes: tuple[str, ...] | tuple[int, ...] | None = None
    train: npt.NDArray[np.int64] | None = None
    test: npt.NDArray[np.int64] | None = None

    @property
    def width(self) -> int | None:
        """The number of classes, counted from 0 to the highest that occurs."""
        return None if self.classes is None else max(numbered(self.classes).values()) + 1


def conditions(recipe: Recipe, dataset: Dataset) -> Conditions:
    """Return what ``recipe`` conditions the model on.

    Raises
    ------
    zukan.InputError
        If it is the label, and the data has no labels, or labels that do not number classes.
    """
    if recipe.condition is None:
        return Conditions()
    train, test = dataset.train.y, dataset.test.y
    if train is None or test is None:
        raise checks.InputError(
            "condition 'label' needs training and test items with labels, got none; name their column with label, or "
            "leave condition out")
    numbers = np.unique(np.concatenate([train, test]))
    if numbers[0] < 0 or numbers[-1] >= MOST:
        raise checks.InputError(
            f"condition 'label' needs classes that are numbered from 0 to {MOST - 1} at most, got labels from "
            f"{numbers[0]} to {numbers[-1]}; number them 0, 1, 2, …, or make them text")
    return Conditions(dataset.class_names or tuple(numbers.tolist()), train, test)


def numbered(classes: tuple[Any, ...]) -> dict[str, int]:
    """Return the number of each class by its label as text."""
    return {str(name): i if isinstance(name, str) else name for i, name in enumerate(classes)}


def class_numbers(labels: npt.NDArray[Any], classes: tuple[Any, ...]) -> npt.NDArray[np.int64]:
    """Return the class number of each label.

    Raises
    ------
    zukan.InputError
        If a label is not one of ``classes``.
    """
    known = numbered(classes)
    values, places = np.unique(labels, return_inverse=True)
    for value in map(str, values):
        if value not in known:
            hint = checks.did_you_mean(value, known) or "choose one of these"
            raise checks.InputError(
                f"a class must be one that the model was trained with ({checks.listed(classes)}), got {value!r}; "
                f"{hint}")
    return np.array([known[str(value)] for value in values], np.int64)[places]
