"""Data sets of Hugging Face: images or tables, with their splits and class names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from zukan import checks
from zukan.data.account import LeftOut
from zukan.data.options import Options
from zukan.data.sources.base import Part, Source
from zukan.data.sources.roles import find_roles
from zukan.data.sources.stacking import stack
from zukan.data.tables.needed import Needed

_NAME, _TEXT = "dataset", "the data set in memory"


def read(source: Any, options: Options, needed: Needed) -> Source:
    """Return a ``datasets.Dataset``, or the splits of a ``datasets.DatasetDict``.

    The items are the first column of images or, if there is none, all columns of numbers. The labels are the column
    ``options.label``, by default the first column with class names. Of three splits, the validation items join the
    training items.

    Raises
    ------
    zukan.InputError
        If the data set has no training split or is streamed, or if an image or a column cannot be read.
    """
    splits, notes, left_out = _splits(source)
    first = next(iter(splits.values()))[0][1]
    if not hasattr(first, "__getitem__") or not hasattr(first, "__len__"):
        raise checks.InputError(
            "source must be a data set that can be read by row, got a streamed one; load it without streaming=True, "
            "or give an iterator over its images")
    label = options.label or next((name for name, kind in first.features.items() if hasattr(kind, "names")), None)
    image = next((name for name, kind in first.features.items() if type(kind).__name__ == "Image"), None)
    class_names = getattr(first.features.get(label), "names", None)
    options = replace(options, label=label)
    parts = []
    tables = {} if image is not None else _read_tables(splits, options, needed)
    for role, members in splits.items():
        found = []
        for split, rows in members:
            name = f"split {split!r}"
            part = tables[split].parts[0] if image is None else stack(
                (row[image] if label is None else (row[image], row[label]) for row in rows), name=name)
            y, note = _named(part.y, class_names, f"the labels {label!r} of {name}")
            notes += note
            found.append(replace(part, y=y))
        parts.append(replace(_joined(found), x_name=f"split {role!r}", y_name=f"labels of split {role!r}"))
    result = replace(next(iter(tables.values()), Source(_NAME, _TEXT, ())), parts=tuple(parts))
    return replace(result, notes=(*result.notes, *notes), account=result.account.leaving_out(*left_out))


def _splits(source: Any) -> tuple[dict[str, list[tuple[str, Any]]], list[str], list[LeftOut]]:
    """Return the names and rows of the splits for training and for testing, notes, and the splits that are not used."""
    splits = dict(source) if isinstance(source, Mapping) else {"train": source}
    roles = find_roles([str(name) for name in splits])
    kinds = set(roles.values())
    if len(splits) == 1:
        return {name: [(name, rows)] for name, rows in splits.items()}, [], []
    if "train" not in kinds:
        raise checks.InputError(
            f"source must have a split named 'train', got {checks.listed(map(repr, splits))}; "
            "give one of them: data['name']")
    held_out = "test" if "test" in kinds else "val"
    found: dict[str, list[tuple[str, Any]]] = {"train": [], **({held_out: []} if held_out in kinds else {})}
    for name, rows in splits.items():
        if name in roles:
            found[held_out if roles[name] == held_out else "train"].append((name, rows))
    notes = ["the validation split joins the training items; the test split is held out"] if len(kinds) == 3 else []
    unused = tuple(name for name in splits if name not in roles)
    return found, notes, [LeftOut("split", "for neither training nor testing", unused)] if unused else []


def _joined(parts: list[Part]) -> Part:
    """Return the items of several splits as one part."""
    if len(parts) == 1:
        return parts[0]
    xs, ys = [part.x for part in parts], [part.y for part in parts]
    x = [item for items in xs for item in items] if isinstance(xs[0], list) else np.concatenate(xs)
    names = [name for part in parts for name in part.names or ()]
    return replace(parts[0], x=x, y=None if any(y is None for y in ys) else np.concatenate(ys),
                   names=tuple(names) if len(names) == len(x) else None,
                   condition={name: np.concatenate([part.condition[name] for part in parts])
                              for name in parts[0].condition})


def _named(y: Any, class_names: Sequence[str] | None, text: str) -> tuple[Any, list[str]]:
    """Return labels as the names of their classes; None with a note if one is not a class."""
    if y is None or class_names is None:
        return y, []
    is_known = (y >= 0) & (y < len(class_names))
    if is_known.all():
        return np.array(class_names)[y], []
    return None, [f"skipped {text}, since {y[~is_known][0]} is not a class"]


def _read_tables(splits: Mapping[str, Sequence[tuple[str, Any]]], options: Options,
                 needed: Needed) -> dict[str, Source]:
    """Return the splits of a table, whose columns are understood by the cells of all of them."""
    from zukan.data.tables.splits import read_splits  # noqa: PLC0415 not needed without a table

    tables = {split: rows.with_format("arrow")[:] for members in splits.values() for split, rows in members}
    return read_splits(tables, options, needed, name=_NAME, text=_TEXT)
