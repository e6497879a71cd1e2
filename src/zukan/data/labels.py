"""Labels: check them, and number them as int64."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from zukan import checks

Labels = npt.NDArray[Any]


def check_labels(name: str, y: Labels) -> Labels:
    """Return ``y`` with shape (n,), or raise `checks.InputError`, which calls it ``name``."""
    if y.ndim == 2 and y.shape[1] == 1:  # the labels of CIFAR are a column
        y = y[:, 0]
    if y.ndim != 1:
        raise checks.InputError(
            f"{name} must have shape (n,) or (n, 1), one label per item, got shape {y.shape}; "
            "turn one-hot rows into numbers with y.argmax(axis=1)")
    if y.dtype.kind not in "biuUS":
        raise checks.InputError(
            f"{name} must hold whole numbers or text, got {y.dtype}; use y.astype(int) or y.astype(str)")
    if y.dtype == np.uint64 and y.size and y.max() > np.iinfo(np.int64).max:
        raise checks.InputError(f"{name} must fit into int64, got {y.max()}; number the classes 0, 1, 2, …")
    return y


def encode(labels: Sequence[Labels | None]) -> tuple[list[npt.NDArray[np.int64] | None], tuple[str, ...] | None]:
    """Return labels as int64 numbers, and the class names if the labels are text.

    Parameters
    ----------
    labels : sequence of arrays of shape (n,), or None
        The labels of each split. All splits share one numbering.

    Returns
    -------
    (list of int64 arrays or None, tuple of str or None)
        Text is numbered by its place among the sorted class names.
    """
    values = [None if y is None else class_labels(y) for y in labels]
    dtypes = [y.dtype for y in values if y is not None]
    text = [dtype.kind == "U" for dtype in dtypes]
    if not any(text):
        return values, None
    if not all(text):
        raise checks.InputError(f"y_train and y_test must both be text or both be whole numbers, got "
                                f"{' and '.join(map(str, dtypes))}; convert one of them")
    names = np.unique(np.concatenate([y for y in values if y is not None]))
    return ([None if y is None else np.searchsorted(names, y).astype(np.int64) for y in values],
            tuple(names.tolist()))


def class_labels(y: Labels) -> Labels:
    """Return labels as text or int64.

    Bytes become text, and text gets escapes for what is not Unicode. Different bytes give different text, even if they
    are not UTF-8, as in names of folders of another code page.
    """
    if y.dtype.kind == "S":
        return np.strings.decode(y, "utf-8", "backslashreplace")
    if y.dtype.kind != "U":
        return y.astype(np.int64)
    names, indices = np.unique(y, return_inverse=True)
    return np.array([checks.printable(name) for name in names.tolist()], dtype=str)[indices]
