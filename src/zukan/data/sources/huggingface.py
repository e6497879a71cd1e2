"""Data sets of Hugging Face: images or tables, with their splits and class names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from zukan import checks
from zukan.data.options import Options
from zukan.data.sources.base import Source
from zukan.data.sources.stacking import stack
from zukan.data.sources.tables import from_columns

_NAME, _TEXT = "dataset", "the data set in memory"
_HELD_OUT = ("test", "validation", "valid", "val")


def read(source: Any, options: Options, columns: Sequence[str] | None = None) -> Source:
    """Return a ``datasets.Dataset``, or the training and test split of a ``datasets.DatasetDict``.

    The items are the first column of images or, if there is none, all columns of numbers. The labels are the column
    ``options.label``, by default the first column with class names.

    Raises
    ------
    zukan.InputError
        If the data set has no training split or is streamed, or if an image or a column cannot be read.
    """
    splits = _splits(source)
    features = next(iter(splits.values())).features
    label = options.label or next((name for name, kind in features.items() if hasattr(kind, "names")), None)
    image = next((name for name, kind in features.items() if type(kind).__name__ == "Image"), None)
    class_names = getattr(features.get(label), "names", None)
    options = replace(options, label=label)
    parts, unlabeled = [], []
    for split, rows in splits.items():
        read_split = _read_table(rows, options, columns) if image is None else _read_images(rows, image, options)
        part = replace(read_split.parts[0], x_name=f"split {split!r}", y_name=f"labels of split {split!r}")
        if part.y is not None and class_names is not None:
            is_known = (part.y >= 0) & (part.y < len(class_names))
            if is_known.all():
                part = replace(part, y=np.array(class_names)[part.y])
            else:
                number = part.y[~is_known][0]
                unlabeled.append(f"skipped the labels {label!r} of split {split!r}, since {number} is not a class")
                part = replace(part, y=None)
        parts.append(part)
    return replace(read_split, parts=tuple(parts), notes=(*read_split.notes, *unlabeled))


def _splits(source: Any) -> dict[str, Any]:
    """Return the training split and, if there is one, the split that is held out; or the only split."""
    splits = dict(source) if isinstance(source, Mapping) else {"train": source}
    if "train" in splits:
        names = ["train", *[name for name in _HELD_OUT if name in splits][:1]]
    elif len(splits) == 1:
        names = list(splits)
    else:
        raise checks.InputError(
            f"source must have a split named 'train', got {checks.listed(map(repr, splits))}; "
            "give one of them: data['name']")
    first = splits[names[0]]
    if not hasattr(first, "__getitem__") or not hasattr(first, "__len__"):
        raise checks.InputError(
            "source must be a data set that can be read by row, got a streamed one; load it without streaming=True, "
            "or give an iterator over its images")
    return {name: splits[name] for name in names}


def _read_table(rows: Any, options: Options, columns: Sequence[str] | None) -> Source:
    table = {column: np.asarray(rows.with_format("numpy")[column]) for column in rows.column_names}
    return from_columns(table, options, columns, name=_NAME, text=_TEXT)


def _read_images(rows: Any, image: str, options: Options) -> Source:
    label = options.label
    part, notes = stack((row[image] if label is None else (row[image], row[label]) for row in rows), options)
    return Source(_NAME, _TEXT, (part,), notes=notes)
