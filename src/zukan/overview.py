"""What was read of a source, before any training."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from zukan import files, plots
from zukan.data import Dataset, load
from zukan.data.duplicates import duplicates
from zukan.streamed import slices
from zukan.training import evidence
from zukan.training.recipe import Recipe

NAMED = 20  # unreadable files and classes listed
SHOWN, VALUES = 20_000, 1 << 24  # items of a large set, and values of them, that the sheet is drawn from


def overview(data: Any, *, out: str | Path | None = None, tell: Callable[[str], None] = lambda _: None,
             **recipe: Any) -> list[tuple[str, str]]:
    """Read ``data`` as `zukan.train` would and say what is there.

    Parameters
    ----------
    data : str, path, array, mapping or tuple
        What `zukan.data.load` takes.
    out : path, optional
        Where to draw a contact sheet: items by class, or the spread of each feature.
    tell : callable
        Called with a line of text as each stage begins.
    **recipe
        Fields of `zukan.training.recipe.Recipe` on how to read and split.

    Returns
    -------
    list of (str, str)
        Names and findings.

    Raises
    ------
    zukan.InputError
        When it is not such data, or ``out`` cannot be written.
    """
    plan = Recipe.of(**recipe)
    tell(f"Reading {data if isinstance(data, (str, Path)) else 'arrays'}")
    dataset = load(data, **plan.splitting, **plan.reading)
    found = [*_contents(dataset), *_labels(dataset), ("duplicates", _repeated(dataset)), *_advice(dataset)]
    if out is not None:
        with files.replacing(Path(out)) as beside:
            _sheet(dataset).save(beside)
    return found


def _contents(dataset: Dataset) -> list[tuple[str, str]]:
    given, (low, high) = dataset.provenance, dataset.value_range
    n, shape = len(dataset.train) + len(dataset.test), " × ".join(map(str, dataset.event_shape))
    what = "(height × width × channels)" if len(dataset.event_shape) > 1 else "values"
    each = int(np.prod(dataset.event_shape))
    size = 4 * n * each / 2**20
    lines = [("source", str(given["source"])), ("items", f"{n:,} of {shape} {what}; {size:,.1f} MiB as float32"),
             ("split", f"{len(dataset.train):,} to train, {len(dataset.test):,} to test ({given['split']})"),
             ("values", f"{low:g} to {high:g} (scaling: {given['scaling']})")]
    still = _constant(dataset)
    if still:
        lines.append(("constant", f"{still:,} of {each:,} values are the same in every item"))
    lines += [("ignored", str(given["ignored"]))] if "ignored" in given else []
    lines += [("note", note) for note in dataset.notes]
    lines += [("unreadable", f"{name}: {why}") for name, why in dataset.unreadable[:NAMED]]
    rest = len(dataset.unreadable) - NAMED
    return lines + ([("unreadable", f"and {rest:,} more")] if rest > 0 else [])


def _constant(dataset: Dataset) -> int:
    """Return how many elements never vary over the training items."""
    first, still = dataset.train.x[:1], np.ones(dataset.event_shape, bool)
    for part in slices(dataset.train.x):
        still &= (dataset.train.x[part] == first).all(axis=0)
    return int(still.sum())


def _labels(dataset: Dataset) -> list[tuple[str, str]]:
    if dataset.train.y is None or dataset.test.y is None:
        return [("classes", "none")]
    labels, counts = np.unique(np.concatenate([dataset.train.y, dataset.test.y]), return_counts=True)
    names = labels if dataset.class_names is None else np.array(dataset.class_names)[labels]
    listed = ", ".join(f"{name} ({count:,})" for name, count in zip(names[:NAMED], counts[:NAMED], strict=True))
    unseen = np.setdiff1d(dataset.test.y, dataset.train.y)
    lines = [("classes", f"{len(labels):,}: {listed}{', …' * (len(labels) > NAMED)}")]
    return lines + ([("note", f"{len(unseen):,} classes occur among the test items only")] if len(unseen) else [])


def _repeated(dataset: Dataset) -> str:
    return str(duplicates(dataset.train.x, dataset.test.x))


def _advice(dataset: Dataset) -> list[tuple[str, str]]:
    found = evidence.look(dataset)
    return [("likelihood", f"{found.likelihood}, since {found.why}"),
            ("network", f"{found.network}, since {found.why_network} (--encoder {found.network})")]


def _sheet(dataset: Dataset) -> plots.Display:
    x, labels = dataset.train.x, dataset.train.y
    if not isinstance(x, np.ndarray):  # read from disk: a part of it, spread evenly
        step = -(-len(x) // max(1, min(SHOWN, VALUES // int(np.prod(dataset.event_shape)))))
        x, labels = x[::step], None if labels is None else labels[::step]
    if len(dataset.event_shape) == 1:
        return plots.features(dataset.scaling.undo(x), dataset.columns)
    return plots.contact_sheet(x, labels, None if labels is None else dataset.class_names)
