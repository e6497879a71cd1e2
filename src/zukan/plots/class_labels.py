"""Labels of any kind as class indices and class names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from zukan import checks
from zukan.plots import validate

LONGEST = 24  # characters of a name in a figure


class Classes(NamedTuple):
    """The class of each item, as an index into ``names``."""

    indices: NDArray[np.int64]
    names: list[str]


def encode(labels: Any, class_names: Sequence[str] | None, count: int) -> Classes | None:
    """Return the class of each of ``count`` items, or None if ``labels`` is None.

    Labels are text or whole numbers. If ``class_names`` is given, numbers are indices into it. A class without
    items keeps its index, so that the colors of the other classes do not change.
    """
    if labels is None:
        return None
    values = np.asarray(labels)
    if values.ndim != 1 or values.dtype.kind not in "iubUSTO":
        raise checks.InputError(f"labels must be whole numbers or text, of shape (n,), got {checks.show(values)}")
    validate.same_length("labels", values, count, "items of z")
    if values.dtype.kind in "OST":
        values = np.array([text.decode() if isinstance(text, bytes) else str(text) for text in values])
    if class_names is None:
        unique, indices = np.unique(values, return_inverse=True)
        return Classes(indices.astype(np.int64), [str(name) for name in unique])
    names = _names(class_names)
    if values.dtype.kind == "U":
        index = {name: i for i, name in enumerate(names)}
        missing = sorted(set(values.tolist()) - set(index))
        if missing:
            raise checks.InputError(
                f"class_names must hold every label, got no {missing[0]!r}; add it or omit class_names")
        return Classes(np.array([index[name] for name in values.tolist()], dtype=np.int64), names)
    indices = values.astype(np.int64)
    if indices.min() < 0 or indices.max() >= len(names):
        wrong = int(indices.min() if indices.min() < 0 else indices.max())
        raise checks.InputError(
            f"labels must index the {len(names)} class_names, from 0 to {len(names) - 1}, got {wrong}")
    return Classes(indices, names)


def shortened(name: str, longest: int = LONGEST) -> str:
    """Return a name that fits into a figure; a longer one loses its middle, since names often differ at their end."""
    if len(name) <= longest:
        return name
    end = (longest - 1) // 2
    return f"{name[: longest - 1 - end]}\N{HORIZONTAL ELLIPSIS}{name[len(name) - end :]}"


def room(names: Sequence[str], free: int = 0) -> float:
    """Return the inches that the longest of ``names`` needs at the size of tick labels, beyond ``free`` characters."""
    return 0.075 * max(0, max(map(len, names), default=0) - free)


def _names(class_names: Sequence[str]) -> list[str]:
    if isinstance(class_names, str) or not hasattr(class_names, "__len__") or not len(class_names):
        raise checks.InputError(f"class_names must be a sequence of at least one text, got {checks.show(class_names)}")
    return [str(name) for name in class_names]
