"""Describe a data set before any training."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from zukan import checks, plots
from zukan.commands import output
from zukan.data import Dataset, load
from zukan.data.duplicates import duplicates
from zukan.plots import glyphs
from zukan.streamed import slices
from zukan.training import evidence
from zukan.training.recipe import Recipe

LISTED_COLUMNS = 40
LISTED = 20  # classes, and names of what was left out, that are listed
DRAWN_ITEMS, DRAWN_VALUES = 20_000, 1 << 24  # limits of the sample of a streamed data set for the contact sheet


def data(source: Any, *, out: str | Path | None = None, log: Callable[[str], None] = lambda _: None,
         tell: Callable[[str, str], None] = lambda *_: None, **fields: Any) -> list[tuple[str, str]]:
    """Read ``source`` as `zukan.train` would, and describe it.

    Parameters
    ----------
    source : str, path, array, mapping or tuple
        A source for `zukan.data.load`.
    out : path, optional
        File for a contact sheet: images by class, or the distribution of each feature.
    log : callable
        Called with a line of text when a stage begins.
    tell : callable
        Called with each name and value of the description as soon as it is known, before anything is written.
    **fields
        Fields of `zukan.data.Options`, and ``seed``.

    Returns
    -------
    list of (str, str)
        The description as (name, value) pairs.

    Raises
    ------
    zukan.InputError
        If the data cannot be read, or ``out`` cannot be written.
    """
    recipe = Recipe.of(**fields)
    log(f"Reading {source if isinstance(source, (str, Path)) else 'arrays'}")
    dataset = load(source, **recipe.options)
    description = []
    for stage in (_contents, _classes, _condition, _repeated, _advice, *([] if out is None else [_unshown])):
        rows = stage(dataset)
        description += rows
        for row in rows:
            tell(*row)
    if out is not None:
        output.save_picture(Path(out), _contact_sheet(dataset))
    return description


def _duplicates(dataset: Dataset) -> str:
    """Return how many items occur more than once."""
    return duplicates(dataset.drawn_once.train.x, dataset.test.x).text(dataset.train.ids, dataset.test.ids)


def _contents(dataset: Dataset) -> list[tuple[str, str]]:
    """Return what was read, and what was left out."""
    record, (low, high) = dataset.provenance, dataset.value_range
    items, shape = len(dataset.train) + len(dataset.test), " × ".join(map(str, dataset.event_shape))
    axes = {1: "values", 2: "(steps × channels)"}.get(len(dataset.event_shape), "(height × width × channels)")
    values = int(np.prod(dataset.event_shape))
    account = dataset.account
    rows = [("source", str(record["source"])),
            ("items", f"{items:,} of {shape} {axes}; {4 * items * values / 2**20:,.1f} MiB as float32"),
            ("split", f"{len(dataset.train):,} training items, {len(dataset.test):,} test items ({record['split']})"),
            ("values", f"{low:g} to {high:g} (scaling: {record['scaling']})")]
    constant = _constant_values(dataset)
    if constant.size:
        columns = dataset.columns and f": {checks.listed(repr(dataset.columns[i]) for i in constant.tolist())}"
        same = f"{constant.size:,} of {values:,} values are the same in every training item"
        rows.append(("constant", f"{same}{columns or ''}"))
    rows += _columns(dataset)
    if account.seen != account.read:
        rows.append(("read", f"{account.read:,} of {checks.plural(account.seen, account.unit)}"))
    rows += [("note", note) for note in dataset.notes if note not in account.sentences()]
    rows += [("left out", group.sentence(LISTED).removeprefix("left out ")) for group in account.left_out]
    return rows


def _columns(dataset: Dataset) -> list[tuple[str, str]]:
    """Return what each column of a table is, with the evidence and its gaps."""
    if dataset.schema is None:
        return []
    gaps = np.zeros(len(dataset.schema), np.int64)
    for split in (dataset.train, dataset.test) if dataset.missing else ():
        for part in slices(split.x):
            gaps += np.count_nonzero(np.isnan(split.x[part]), axis=0)
    rows = []
    for column, count in zip(dataset.schema.columns[:LISTED_COLUMNS], gaps.tolist(), strict=False):
        missing = f"; {checks.plural(count, 'gap')}" if count else ""
        rows.append(("column", f"{column.name!r}: {column.kind}, {column.why}{missing}"))
    more = len(dataset.schema) - len(rows)
    return [*rows, ("column", f"and {more:,} more")] if more else rows


def _constant_values(dataset: Dataset) -> np.ndarray:
    """Return the places of the values that are the same in all training items."""
    x = dataset.train.x
    low: Any = np.nan
    high: Any = np.nan
    for part in slices(x):
        piece = x[part]
        low, high = np.fmin(low, np.fmin.reduce(piece)), np.fmax(high, np.fmax.reduce(piece))  # they ignore NaN
    return np.flatnonzero(low == high)


def _classes(dataset: Dataset) -> list[tuple[str, str]]:
    """Return the classes with their numbers of items."""
    if dataset.train.y is None or dataset.test.y is None:
        return [("classes", "none")]
    labels, counts = np.unique(np.concatenate([dataset.train.y, dataset.test.y]), return_counts=True)
    names = labels if dataset.class_names is None else np.array(dataset.class_names)[labels]
    listed = [f"{name} ({count:,})" for name, count in zip(names[:LISTED], counts[:LISTED], strict=True)]
    if len(labels) > LISTED:
        listed.append("…")
    rows = [("classes", f"{len(labels):,}: {', '.join(listed)}")]
    unseen = np.setdiff1d(dataset.test.y, dataset.train.y)
    if len(unseen):
        rows.append(("note", f"{len(unseen):,} classes occur only among the test items"))
    return rows


def _condition(dataset: Dataset) -> list[tuple[str, str]]:
    """Return the columns of the condition, if there is one, with their numbers of classes."""
    if dataset.condition is None:
        return []
    kinds = ["numbers" if field.classes is None else checks.plural(len(field.classes), "class", "classes")
             for field in dataset.condition.fields]
    return [("condition", ", ".join(f"{name} ({kind})" for name, kind in
                                    zip(dataset.condition.names, kinds, strict=True)))]


def _repeated(dataset: Dataset) -> list[tuple[str, str]]:
    """Return how many items occur more than once."""
    return [("duplicates", _duplicates(dataset))]


def _advice(dataset: Dataset) -> list[tuple[str, str]]:
    """Return the likelihood, the network and the preset that suit the data, with the reasons."""
    advice = evidence.examine(dataset)
    return [("likelihood", f"{advice.likelihood}, because {advice.why}"),
            ("network", f"{advice.network}, because {advice.why_network} (--encoder {advice.network})"),
            ("preset", f"{advice.preset}, because {advice.why_preset} (--preset {advice.preset})")]


def _unshown(dataset: Dataset) -> list[tuple[str, str]]:
    """Return a note on characters that the contact sheet cannot show."""
    names = dataset.columns if len(dataset.event_shape) == 1 else dataset.class_names
    return [("note", note) for note in glyphs.note(names or (), "the names above are complete")]


def _contact_sheet(dataset: Dataset) -> plots.Display:
    """Draw images by class, or the distribution of each feature."""
    x, labels = dataset.train.x, dataset.train.y
    if not isinstance(x, np.ndarray):  # streamed: draw an even sample
        step = -(-len(x) // max(1, min(DRAWN_ITEMS, DRAWN_VALUES // int(np.prod(dataset.event_shape)))))
        x, labels = x[::step], None if labels is None else labels[::step]
    if len(dataset.event_shape) == 1:
        return plots.features(dataset.scaling.undo(x), dataset.columns, schema=dataset.schema)
    if np.isnan(x).any() and len(dataset.event_shape) == 3:
        x = np.nan_to_num(x, nan=0.0)  # missing pixels are black
    with plots.items_of(dataset.event_shape):
        return plots.contact_sheet(x, labels, None if labels is None else dataset.class_names)
