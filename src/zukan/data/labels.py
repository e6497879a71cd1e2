"""Labels: check them and turn them into int64 class numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from zukan import checks


def check_labels(label: str, y: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return ``y`` with shape (n,), or raise `InputError`; (n, 1) is squeezed, as CIFAR comes."""
    if y.ndim == 2 and y.shape[1] == 1:
        y = y[:, 0]
    if y.ndim != 1:
        raise checks.InputError(
            f"{label} must have shape (n,) or (n, 1), one label an item, got shape {y.shape}; "
            "turn one-hot rows into numbers with y.argmax(axis=1)")
    if y.dtype.kind not in "biuUS":
        raise checks.InputError(
            f"{label} must hold whole numbers or text, got {y.dtype}; use y.astype(int) or y.astype(str)")
    if y.dtype == np.uint64 and y.size and y.max() > np.iinfo(np.int64).max:
        raise checks.InputError(f"{label} must fit into int64, got {y.max()}; number the classes 0, 1, 2, …")
    return y


def encode(labels: list[npt.NDArray[Any] | None],
           ) -> tuple[list[npt.NDArray[np.int64] | None], tuple[str, ...] | None]:
    """Return each array of ``labels`` as int64, and the sorted class names when they were text.

    Parameters
    ----------
    labels : list of arrays of shape (n,), or None
        The labels of each split; the splits share one numbering.
    """
    given = [_decoded(y) for y in labels if y is not None]
    texts = [y for y in given if y.dtype.kind == "U"]
    if not texts:
        return [None if y is None else y.astype(np.int64) for y in labels], None
    if len(texts) < len(given):
        kinds = " and ".join(str(y.dtype) for y in given)
        raise checks.InputError(
            f"y_train and y_test must be of one kind, got {kinds}; give text twice or whole numbers twice")
    names = np.unique(np.concatenate(texts))
    numbers = [None if y is None else np.searchsorted(names, _decoded(y)).astype(np.int64) for y in labels]
    return numbers, tuple(names.tolist())


def _decoded(y: npt.NDArray[Any]) -> npt.NDArray[Any]:
    # backslashreplace never fails, and keeps different bytes different
    return np.strings.decode(y, "utf-8", "backslashreplace") if y.dtype.kind == "S" else y
