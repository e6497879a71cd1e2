"""The data of a run: read it again, and read other data in the same way."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from zukan import checks
from zukan.data import Dataset, Scaling, items, load
from zukan.data.options import CHANNELS
from zukan.runs.run import Run


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


def read_items(run: Run, data: Any = None) -> tuple[Any, npt.NDArray[Any] | None]:
    """Read ``data`` in the same way as the run's data: the same columns, image size and scaling.

    Parameters
    ----------
    run : Run
    data : str, path, array, mapping or tuple, optional
        A source for `zukan.data.load`; by default the run's test items.

    Returns
    -------
    x : array, shape (n, *event_shape)
        All items in the order of the source, training items before test items.
    labels : array, shape (n,), or None
        The labels, as text if the source has text labels.

    Raises
    ------
    zukan.InputError
        If the run is not finished, or ``data`` does not fit its model.
    """
    if data is None:
        dataset = reload(run)
        return dataset.test.x, _named(dataset.test.y, dataset.class_names)
    shape = run.model.event_shape
    scaling, columns = features(run)
    size = {"image_size": shape[:2], "channels": shape[2]} if len(shape) == 3 and shape[2] in CHANNELS else {}
    split, class_names = items(data, **{**run.recipe.options, **size, "scaling": scaling, "columns": columns})
    return split.x, _named(split.y, class_names)


def in_data_units(run: Run, x: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return decoded items, converted to the units and the dtype of the run's data."""
    scaling, _ = features(run)
    values = scaling.undo(x)
    return np.clip(np.rint(values), 0, 255).astype(np.uint8) if scaling.text.startswith("uint8") else values


def features(run: Run) -> tuple[Scaling, tuple[str, ...] | None]:
    """Return the scaling of the run's data, and the names of its columns if it is a table.

    Raises
    ------
    zukan.InputError
        If ``environment.json`` does not record them.
    """
    record = run.environment
    try:
        return Scaling.from_json(record["scaling"]), tuple(map(str, record["columns"] or ())) or None
    except (KeyError, TypeError, ValueError) as error:
        raise checks.InputError(
            f"{str(run.file(run.ENVIRONMENT))!r} must record the scaling and the columns of the data ({error}); "
            "restore it"
        ) from error


def _named(y: npt.NDArray[np.int64] | None, class_names: tuple[str, ...] | None) -> npt.NDArray[Any] | None:
    """Return the labels, replaced by their class names if there are any."""
    return y if y is None or class_names is None else np.array(class_names)[y]
