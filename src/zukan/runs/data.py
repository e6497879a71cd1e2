"""The data of a run: read it again, and read other data in the same way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from zukan import checks
from zukan.data import Dataset, Scaling, Split, items, load
from zukan.data.conditions import Condition
from zukan.data.options import CHANNELS
from zukan.data.seen import Seen
from zukan.data.tables.columns import Understood
from zukan.data.tables.schema import Schema
from zukan.runs.run import Run


class Read(NamedTuple):
    """Items as the run's model takes them.

    Attributes
    ----------
    x : array, shape (n, *event_shape)
        All items in the order of the source, training items before test items.
    labels : array, shape (n,), or None
        The labels, as text if the source has text labels.
    condition : array, shape (n,) or (n, width), or None
        The condition of each item, as the model takes it: class numbers, or rows of inputs.
    ids : array, shape (n,)
        What each item is called in every output: its file name as text, or its row number in the source.
    rows : int64 array, shape (n,)
        The row number of each item in the source, counted from 0.
    table : Understood, optional
        The table that was read, with all of its cells.
    raw : float64 array or Items, shape (n, columns), optional
        The rows of that table in its units.
    """

    x: Any
    labels: npt.NDArray[Any] | None
    condition: npt.NDArray[Any] | None
    ids: npt.NDArray[Any]
    rows: npt.NDArray[np.int64]
    table: Understood | None = None
    raw: Any = None

    @classmethod
    def of(cls, split: Split, class_names: tuple[str, ...] | None) -> Read:
        """Return the items of ``split``."""
        labels = split.y if split.y is None or class_names is None else np.array(class_names)[split.y]
        return cls(split.x, labels, split.condition, split.ids, split.numbers)

    def at(self, positions: Any) -> Read:
        """Return the items at a slice or an array of positions."""
        labels, condition = (None if part is None else part[positions] for part in (self.labels, self.condition))
        return Read(self.x[positions], labels, condition, self.ids[positions], self.rows[positions])


def reload(run: Run) -> Dataset:
    """Load the run's data again and check that it has not changed.

    Raises
    ------
    zukan.InputError
        If the data cannot be read, or has changed since the training.
    """
    dataset = load(run.source, **run.recipe.options)
    record = run.environment.get("data")
    trained_on = record.get("sha256") if isinstance(record, dict) else None
    if not isinstance(trained_on, str):
        raise checks.InputError(
            f"{str(run.file(run.ENVIRONMENT))!r} must record the sha256 of the data, got none; restore it")
    sha256 = str(dataset.provenance["sha256"])
    if sha256 != trained_on:
        raise checks.InputError(
            f"data {run.source!r} must be the data that run {str(run.path)!r} was trained on "
            f"(sha256 {trained_on[:12]}…), got {sha256[:12]}…; restore it, or train a new run")
    return dataset


def read_items(run: Run, data: Any = None, log: Callable[[str], None] = lambda _: None) -> Read:
    """Read ``data`` in the same way as the run's data: the same columns, image size and scaling.

    Parameters
    ----------
    run : Run
    data : str, path, array, mapping or tuple, optional
        A source for `zukan.data.load`; by default the run's test items.
    log : callable
        Called with each note on how ``data`` was read.

    Raises
    ------
    zukan.InputError
        If the run is not finished, or ``data`` does not fit its model.
    """
    if data is None:
        return read_splits(run)[1]
    shape = run.model.event_shape
    scaling, schema = features(run)
    size = {"image_size": shape[:2], "channels": shape[2]} if len(shape) == 3 and shape[2] in CHANNELS else {}
    read = items(data, **{**run.recipe.options, **size, "scaling": scaling, "schema": schema,
                                         "fitted": condition(run), "seen": _seen(run)})
    if read.split.x.shape[1:] != shape:
        raise checks.InputError(
            f"data must hold items of shape {shape}, like the data of run {str(run.path)!r}, got "
            f"{read.split.x.shape[1:]}; give items of that shape")
    for note in read.notes:
        log(note)
    return Read.of(read.split, read.class_names)._replace(table=read.table, raw=read.raw)


def read_splits(run: Run) -> tuple[Read, Read]:
    """Read the training items and the test items of the run's data.

    Raises
    ------
    zukan.InputError
        If the data cannot be read, or has changed since the training.
    """
    dataset = reload(run).drawn_once
    return Read.of(dataset.train, dataset.class_names), Read.of(dataset.test, dataset.class_names)


def condition(run: Run) -> Condition | None:
    """Return the condition that the run's model was trained with, or None if it has none.

    Raises
    ------
    zukan.InputError
        If ``environment.json`` does not record it.
    """
    width = run.model.shapes.condition_dim
    if not width:
        return None
    record = run.environment.get("condition")
    try:
        fitted = Condition.from_json(record)
    except (KeyError, TypeError, ValueError):
        fitted = Condition(())
    if not fitted.fields or fitted.width != width:
        raise checks.InputError(
            f"{str(run.file(run.ENVIRONMENT))!r} must record the condition of the model, got {checks.show(record)}; "
            "restore it")
    return fitted


def in_data_units(run: Run, x: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return decoded items, converted to the units and the dtype of the run's data; drawn counts become integers."""
    scaling, _ = features(run)
    values = scaling.undo(x)
    if run.model.likelihood.unit == 1 and (values == np.rint(values)).all():
        return values.astype(np.int64)
    return np.clip(np.rint(values), 0, 255).astype(np.uint8) if scaling.text.startswith("uint8") else values


def features(run: Run) -> tuple[Scaling, Schema | None]:
    """Return the scaling of the run's data, and what its columns are if it is a table.

    Raises
    ------
    zukan.InputError
        If ``environment.json`` does not record them.
    """
    with _recorded(run, "scaling and the columns") as record:
        if record["columns"] is None:
            return Scaling.from_json(record["scaling"]), None
        schema = Schema.from_json(record["columns"], str(record["library"]))
        return Scaling.of_schema(str(record["scaling"]["text"]), schema), schema


def _seen(run: Run) -> Seen | None:
    """Return the values that the run was trained on, or raise `checks.InputError` if they are not recorded."""
    with _recorded(run, "values") as record:
        return Seen.from_json(record["values"])


@contextmanager
def _recorded(run: Run, what: str) -> Iterator[dict[str, Any]]:
    """Yield the content of ``environment.json``, and raise `checks.InputError` if it does not record the data."""
    try:
        yield run.environment
    except (KeyError, TypeError, ValueError) as error:
        if isinstance(error, checks.InputError):
            raise
        raise checks.InputError(
            f"{str(run.file(run.ENVIRONMENT))!r} must record the {what} of the data ({error}); restore it") from error
