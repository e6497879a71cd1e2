"""Data sets of Hugging Face: images or tables, with their splits and class names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from zukan import checks
from zukan.data.options import Options
from zukan.data.sources.base import Source
from zukan.data.sources.stacking import stack

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
    tables = _read_tables(splits, options, columns) if image is None else {}
    for split, rows in splits.items():
        read_split = _read_images(rows, image, options) if image is not None else tables[split]
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


def _read_tables(splits: Mapping[str, Any], options: Options, columns: Sequence[str] | None) -> dict[str, Source]:
    """Return the splits of a table, whose columns are understood by the cells of all of them."""
    from zukan.data.tables.reading import read_table  # noqa: PLC0415 not needed without a table
    from zukan.data.tables.table import ArrowTable  # noqa: PLC0415

    parts = [rows.with_format("arrow")[:] for rows in splits.values()]
    whole = read_table(ArrowTable(_Splits(parts), name=_NAME, text=_TEXT), options, columns)
    ends = np.cumsum([len(part) for part in parts])
    return {split: whole.with_parts([whole.parts[0].take(np.arange(end - len(part), end))])
            for split, part, end in zip(splits, parts, ends.tolist(), strict=True)}


class _Splits:
    """Splits as `ArrowTable` reads them, one after the other; a column may have another type in each."""

    def __init__(self, parts: Sequence[Any]) -> None:
        self.parts = parts
        self.schema = parts[0].schema
        for part in parts:
            if set(part.column_names) != set(self.schema.names):
                raise checks.InputError(
                    f"source must have the same columns in every split, got {checks.listed(self.schema.names)} and "
                    f"{checks.listed(part.column_names)}; remove or rename columns")

    def batches(self, columns: Sequence[str]) -> Iterator[list[Any]]:
        """Yield the columns, some rows at a time."""
        for part in self.parts:
            for batch in part.select(columns).to_batches():
                yield batch.columns


def _read_images(rows: Any, image: str, options: Options) -> Source:
    label = options.label
    part, notes = stack((row[image] if label is None else (row[image], row[label]) for row in rows), options)
    return Source(_NAME, _TEXT, (part,), notes=notes)
