"""Labels of any kind -> class indices and class names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zukan import checks
from zukan.plots import given

Found = tuple[NDArray[np.int64], list[str]]


def index(labels: Any, class_names: Sequence[str] | None, count: int) -> Found:
    """Return each item's class index and the names of the classes.

    Labels are whole numbers, which index ``class_names`` where those are given, or texts. A class keeps its
    place, and so its colour, when it happens to have no item.
    """
    values = np.asarray(labels)
    if values.ndim != 1 or values.dtype.kind not in "iubUSTO":
        raise checks.InputError(f"labels must be whole numbers or texts of shape (n,), got {checks.show(values)}")
    given.same("labels", values, count, "items of z")
    if values.dtype.kind in "OST":
        values = np.array([text.decode() if isinstance(text, bytes) else str(text) for text in values])
    if class_names is None:
        found, indices = np.unique(values, return_inverse=True)
        return indices.astype(np.int64), [str(name) for name in found]
    names = _names(class_names)
    if values.dtype.kind == "U":
        places = {name: place for place, name in enumerate(names)}
        missing = sorted(set(values.tolist()) - set(places))
        if missing:
            raise checks.InputError(
                f"class_names must hold every label, got no {missing[0]!r}; add it or leave class_names out")
        return np.array([places[name] for name in values.tolist()], dtype=np.int64), names
    indices = values.astype(np.int64)
    if indices.min() < 0 or indices.max() >= len(names):
        worst = int(indices.min() if indices.min() < 0 else indices.max())
        raise checks.InputError(
            f"labels must index the {len(names)} class_names, from 0 to {len(names) - 1}, got {worst}")
    return indices, names


def _names(class_names: Sequence[str]) -> list[str]:
    if isinstance(class_names, str) or not hasattr(class_names, "__len__") or not len(class_names):
        raise checks.InputError(f"class_names must be a sequence of at least one text, got {checks.show(class_names)}")
    return [str(name) for name in class_names]
