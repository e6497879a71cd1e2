"""The data of a run, read again."""

from __future__ import annotations

from zukan import checks
from zukan.data import Dataset, load
from zukan.runs.run import Run


def reload(run: Run) -> Dataset:
    """Load the run's data and make sure that it is the same.

    Raises
    ------
    zukan.InputError
        When it cannot be read, or has changed since.
    """
    dataset = load(run.source, test_fraction=run.recipe.test_fraction, seed=run.recipe.held_out_by)
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
