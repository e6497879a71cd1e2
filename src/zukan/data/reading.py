"""Read the arrays that play a role, each checked as soon as it is read, so that the message can name it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from zukan import checks
from zukan.data.arrays import Array, check_items
from zukan.data.labels import check_labels
from zukan.data.rows import Items


def read(arrays: Mapping[str, Any], roles: Mapping[str, str], where: str) -> dict[str, Any]:
    """Return the checked arrays by role; the values of `Items` are checked when they are gone through.

    Parameters
    ----------
    arrays : mapping
        The source's arrays by name; an archive reads one when asked for it.
    roles : mapping
        Role to name, as from `zukan.data.layout.assign`.
    where : str
        The file, for messages, or ``""``.
    """
    labels = {role: f"{name} in {where}" if where else name for role, name in roles.items()}
    checked: dict[str, Any] = {}
    for role, name in roles.items():
        array = _array(labels[role], arrays, name)
        if role.startswith("x"):
            check_items(labels[role], array)
        else:
            array = check_labels(labels[role], array[:] if isinstance(array, Items) else array)
            _check_length(labels, role, array, checked)
        checked[role] = array
    if "x_test" in checked:
        _check_alike(labels, checked)
    return checked


def _array(label: str, arrays: Mapping[str, Any], name: str) -> Any:
    try:
        value = arrays[name]
        if isinstance(value, Items):
            return value
        array = np.asarray(value)
    except Exception as error:  # a damaged or foreign file fails in many ways
        raise checks.InputError(
            f"{label} must be one whole array of numbers, but NumPy cannot make it one "
            f"({checks.show(str(error))}); stack items of one shape with numpy.stack, or save it again") from error
    if array.dtype.hasobject or isinstance(value, (bytes, str)):  # bytes: a foreign member of an archive
        raise checks.InputError(
            f"{label} must be an array of numbers, got {checks.show(value)}; "
            "stack items of one shape with numpy.stack, and make labels text with y.astype(str)")
    return array


def _check_length(labels: Mapping[str, str], role: str, y: Array, checked: Mapping[str, Array]) -> None:
    items = role.replace("y", "x")
    if len(y) != len(checked[items]):
        raise checks.InputError(
            f"{labels[role]} must hold one label for each item of {labels[items]}, "
            f"got {len(y)} labels for {len(checked[items])} items; drop what has no partner")


def _check_alike(labels: Mapping[str, str], checked: Mapping[str, Array]) -> None:
    train, test = checked["x_train"], checked["x_test"]
    if train.shape[1:] != test.shape[1:]:
        raise checks.InputError(
            f"{labels['x_test']} must hold items of the same shape as {labels['x_train']}, "
            f"got {test.shape[1:]} and {train.shape[1:]}; bring both to one shape")
    if train.dtype.kind != test.dtype.kind:  # the two would be scaled differently
        raise checks.InputError(
            f"{labels['x_test']} must have the same kind of dtype as {labels['x_train']}, "
            f"got {test.dtype} and {train.dtype}; convert one to the other's scale and dtype")
