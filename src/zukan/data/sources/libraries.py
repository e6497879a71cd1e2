"""Data sets of torch, TensorFlow and Keras, and iterators: read once and stacked into memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from zukan.data.sources.base import Source
from zukan.data.sources.stacking import split_element, stack

_TEXTS = {"torch": "the torch data set in memory", "loader": "the torch DataLoader in memory",
          "tensorflow": "the TensorFlow data set in memory", "keras": "the Keras data set in memory",
          "iterator": "the iterator in memory"}


def find_kind(source: Any) -> str | None:
    """Return the kind of data set that ``source`` is, or None if it is not one; imports no library."""
    libraries = {base.__module__.split(".")[0] for base in type(source).__mro__}
    if "datasets" in libraries and hasattr(source, "keys" if isinstance(source, Mapping) else "features"):
        return "huggingface"
    is_tensor = hasattr(source, "detach")
    if "torch" in libraries and not is_tensor and (hasattr(source, "__getitem__") or hasattr(source, "__iter__")):
        return "loader" if _has_base(source, "DataLoader") else "torch"
    if hasattr(source, "as_numpy_iterator"):
        return "tensorflow"
    if hasattr(source, "num_batches") and hasattr(source, "__getitem__"):
        return "keras"
    return "iterator" if isinstance(source, Iterator) else None


def read(source: Any, kind: str) -> Source:
    """Return all that a data set of that kind yields; see `stack` for what it may yield.

    A torch ``DataLoader``, a Keras ``PyDataset`` and a ``tf.data.Dataset`` that was batched yield batches.

    Raises
    ------
    zukan.InputError
        If it cannot be read, is empty, or yields items of different shapes.
    """
    batched = kind in {"loader", "keras"} or (kind == "tensorflow" and _is_batched(source))
    return Source("arrays", _TEXTS[kind], (stack(_elements(source, kind), batched=batched),))


def _elements(source: Any, kind: str) -> Iterable[Any]:
    if kind == "tensorflow":
        return source.as_numpy_iterator()
    if kind == "keras":
        return (source[i] for i in range(source.num_batches))
    if kind == "torch" and hasattr(source, "__len__") and not _has_base(source, "IterableDataset"):
        return (source[i] for i in range(len(source)))
    return source


def _has_base(source: Any, name: str) -> bool:
    """Return whether the class of ``source``, or one of its base classes, has that name."""
    return any(base.__name__ == name for base in type(source).__mro__)


def _is_batched(source: Any) -> bool:
    """Return whether a ``tf.data.Dataset`` yields batches, judged by the shapes of an item and of its label."""
    shape, label = (getattr(spec, "shape", None) for spec in split_element(source.element_spec))
    if shape is None or not shape.rank:  # scalars, or an unknown number of axes
        return False
    if shape.rank >= 4 or "Batch" in type(source).__name__:
        return True
    if label is not None and label.rank:
        return bool(label[0] == shape[0])
    return shape[0] is None and not (shape.rank == 3 and shape[1] is None)  # (None, None, c) is an image of any size
