"""The data of a run, read again."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from zukan import checks
from zukan.data import Dataset, Scaling, load
from zukan.data.options import CHANNELS
from zukan.runs.run import Run


def recorded(run: Run) -> tuple[Scaling, tuple[str, ...] | None]:
    """Return what the numbers of the run's data went through, and the names of its features.

    Raises
    ------
    zukan.InputError
        When the run's folder does not say.
    """
    known = run.environment
    try:
        scaling = Scaling.from_json(known["scaling"]) if "scaling" in known else Scaling()  # version 1 had none
        return scaling, tuple(map(str, known.get("columns") or ())) or None
    except (KeyError, TypeError, ValueError) as error:
        raise checks.InputError(
            f"{str(run.file('environment.json'))!r} must record the scaling of the data: {error}; restore it"
        ) from error


def as_read(run: Run, x: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return items as the model gives them, in the units and the dtype of the run's data."""
    scaling, _ = recorded(run)
    given = scaling.undo(x)
    return np.clip(np.rint(given), 0, 255).astype(np.uint8) if scaling.text.startswith("uint8") else given


def reading(run: Run) -> dict[str, Any]:
    """Return what `zukan.data.items` needs in order to read other data as the run's own was read.

    Raises
    ------
    zukan.InputError
        When the run is not finished, or its folder does not say.
    """
    shape = run.model.event_shape
    scaling, columns = recorded(run)
    size = {"image_size": shape[:2], "channels": shape[2]} if len(shape) == 3 and shape[2] in CHANNELS else {}
    return {**run.recipe.reading, **size, "scaling": scaling, "columns": columns}


def reload(run: Run) -> Dataset:
    """Load the run's data and make sure that it is the same.

    Raises
    ------
    zukan.InputError
        When it cannot be read, or has changed since.
    """
    dataset = load(run.source, **run.recipe.splitting, **run.recipe.reading)
    noted = run.environment.get("data")
    was, now = noted.get("sha256") if isinstance(noted, dict) else None, dataset.provenance["sha256"]
    if not isinstance(was, str):
        raise checks.InputError(
            f"{str(run.file('environment.json'))!r} must record the sha256 of the data, got none; restore it")
    if was != now:
        raise checks.InputError(
            f"data {run.source!r} must be what run {str(run.path)!r} was trained on (sha256 {was[:12]}…), "
            f"got {str(now)[:12]}…; restore it, or train a new run")
    return dataset
