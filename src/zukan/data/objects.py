"""Data sets of other libraries, and iterators: gone through once and gathered into arrays."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from zukan import checks
from zukan.data import columns
from zukan.data.gathering import gather, pair
from zukan.data.options import Options
from zukan.data.source import Source


def kind(source: Any) -> str | None:
    """Return which kind of data set ``source`` is, by the libraries of its classes; nothing is imported."""
    libraries = {base.__module__.split(".")[0] for base in type(source).__mro__}
    if "datasets" in libraries and hasattr(source, "features" if not isinstance(source, Mapping) else "keys"):
        return "huggingface"
    if "torch" in libraries and (hasattr(source, "__getitem__") or hasattr(source, "__iter__")) and not hasattr(
            source, "detach"):
        return "loader" if _is_a(source, "DataLoader") else "torch"
    if hasattr(source, "as_numpy_iterator"):
        return "tensorflow"
    if hasattr(source, "num_batches") and hasattr(source, "__getitem__"):
        return "keras"
    return "iterator" if isinstance(source, Iterator) else None


def gathered(source: Any, options: Options) -> Source:
    """Return what the data set yields as a `Source`.

    It yields items, each an array, a PIL image, or a pair of one and its label; a mapping names them ``x`` or
    ``image``, and ``y`` or ``label``. A torch ``DataLoader``, a Keras ``PyDataset`` and a ``tf.data.Dataset`` that was
    batched yield batches of such. A torch tensor (channels, height, width) becomes (height, width, channels).

    Raises
    ------
    zukan.InputError
        When it fails, is empty, or yields items of different shapes.
    """
    what = kind(source)
    if what == "huggingface":
        return _huggingface(source, options)
    batched = what in {"loader", "keras"} or (what == "tensorflow" and _is_batched(source))
    x, y, notes = gather(_elements(source, what), options, batched=batched, torch=what in {"torch", "loader"})
    return Source("arrays", f"the {what} in memory", "", {"x": x} | ({} if y is None else {"y": y}), notes=notes)


def _elements(source: Any, what: str | None) -> Iterator[Any]:
    if what == "tensorflow":
        return iter(source.as_numpy_iterator())
    if what == "keras":
        return (source[i] for i in range(source.num_batches))
    if what == "torch" and hasattr(source, "__len__") and not _is_a(source, "IterableDataset"):
        return (source[i] for i in range(len(source)))
    return iter(source)


def _is_a(source: Any, name: str) -> bool:
    """Whether ``source`` is of a class of that name, or of one derived from it."""
    return any(base.__name__ == name for base in type(source).__mro__)


def _is_batched(source: Any) -> bool:
    """Whether a ``tf.data.Dataset`` yields batches."""
    shape, label = (getattr(spec, "shape", None) for spec in pair(source.element_spec))
    if not shape:  # scalars, or an unknown rank
        return False
    if shape.rank >= 4 or "Batch" in type(source).__name__:
        return True
    if label:
        return bool(label[0] == shape[0])
    return shape[0] is None and not (shape.rank == 3 and shape[1] is None)  # an image of any size is no batch


def _huggingface(source: Any, options: Options) -> Source:
    splits = source if isinstance(source, Mapping) else {"": source}
    if "train" in splits:
        held = next((name for name in ("test", "validation", "valid", "val") if name in splits), None)
        splits = {"_train": splits["train"]} | ({"_test": splits[held]} if held else {})
    elif len(splits) == 1:
        splits = {"": next(iter(splits.values()))}
    else:
        raise checks.InputError(
            f"source must have a split named 'train', got {', '.join(map(repr, splits))}; pick one, as data['name']")
    first = next(iter(splits.values()))
    if not hasattr(first, "__getitem__") or not hasattr(first, "__len__"):
        raise checks.InputError(
            "source must be a data set that can be read by row, got a streamed one; load it without streaming=True, "
            "or give an iterator over its images")
    label = options.label or next((name for name, kind in first.features.items() if hasattr(kind, "names")), None)
    pictures = [name for name, kind in first.features.items() if type(kind).__name__ == "Image"]
    arrays: dict[str, Any] = {}
    notes: tuple[str, ...] = ()
    unlabelled: tuple[str, ...] = ()
    found = None
    for split, rows in splits.items():
        if pictures:
            x, y, notes = gather(_rows(rows, pictures[0], label), options, batched=False, torch=False)
            part = {"x": x} | ({} if y is None else {"y": y})
        else:
            table = {name: np.asarray(rows.with_format("numpy")[name]) for name in rows.column_names}
            found = columns.source("dataset", "the data set in memory", table,
                                   options if label is None else _labelled(options, label))
            part = dict(found.arrays)
        if "y" in part and hasattr(first.features[label], "names"):
            names, y = first.features[label].names, part.pop("y")
            if ((y >= 0) & (y < len(names))).all():
                part["y"] = np.array(names)[y]
            else:
                odd = y[(y < 0) | (y >= len(names))][0]
                unlabelled += (f"labels {label!r} of split {split.strip('_')!r} are left out: {odd} is no class",)
        arrays |= {f"{role}{split}": value for role, value in part.items()}
    return Source("dataset", "the data set in memory", "", arrays, None if found is None else found.columns,
                  () if found is None else found.ignored, (notes if found is None else found.notes) + unlabelled)


def _rows(rows: Iterable[Any], picture: str, label: str | None) -> Iterator[Any]:
    for row in rows:
        yield row[picture] if label is None else (row[picture], row[label])


def _labelled(options: Options, label: str) -> Options:
    return Options(label=label, columns=options.columns)
