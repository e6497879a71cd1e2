"""The data of a run, read again."""

from __future__ import annotations

from typing import Any

from zukan import checks
from zukan.data import Dataset, Scaling, load
from zukan.data.options import CHANNELS
from zukan.runs.run import Run


def reading(run: Run) -> dict[str, Any]:
    """Return what `zukan.data.items` needs in order to read other data as the run's own was read.

    Raises
    ------
    zukan.InputError
        When the run is not finished, or its folder does not say.
    """
    shape, known = run.model.event_shape, run.environment
    try:
        scaling = Scaling.from_json(known["scaling"]) if "scaling" in known else None  # version 1 had none
        columns = tuple(map(str, known.get("columns") or ())) or None
    except (KeyError, TypeError, ValueError) as error:
        msg = f"{str(run.file('environment.json'))!r} must record the scaling of the data: {error}; restore it"
        raise checks.InputError(msg) from error
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
    recorded = run.environment.get("data")
    was, now = recorded.get("sha256") if isinstance(recorded, dict) else None, dataset.provenance["sha256"]
    if not isinstance(was, str):
        msg = f"{str(run.file('environment.json'))!r} must record the sha256 of the data, got none; restore it"
        raise checks.InputError(msg)
    if was != now:
        msg = (f"data {run.source!r} must be what run {str(run.path)!r} was trained on (sha256 {was[:12]}…), "
               f"got {str(now)[:12]}…; restore it, or train a new run")
        raise checks.InputError(msg)
    return dataset
