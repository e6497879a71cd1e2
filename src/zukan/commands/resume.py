"""Resume a run that was stopped."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import keras

from zukan import checks, processes
from zukan.commands.training_runs import finish, fit, spread, writing
from zukan.runs import Run
from zukan.runs.data import reload
from zukan.training import checkpoints, tracking
from zukan.training.build import build


def resume(path: str | Path, *, callbacks: Sequence[keras.callbacks.Callback] = (), verbose: int | str = 0,
           devices: int | str | None = None, log: Callable[[str], None] = lambda _: None) -> Run:
    """Continue a run that was stopped; the result is identical to an uninterrupted run, bit for bit.

    With another number of devices or processes, or with other callbacks that act on batches, it is identical up to
    rounding.

    A finished run is returned unchanged.

    Parameters
    ----------
    path : path
        The run folder.
    callbacks, verbose, devices, log
        As for `train`.

    Returns
    -------
    Run

    Raises
    ------
    zukan.InputError
        If ``path`` is not a run, another command writes it, or its data has changed.
    """
    run = Run.open(path)
    if run.is_finished:
        return run
    group = processes.current()
    with writing(run):
        log(f"Reading {run.source}")
        dataset = reload(run)
        group.check_same("the data", dataset.provenance["sha256"])
        wanted = tracking.kinds(list(tracking.stored(run.path)))
        trackers = [tracker(run.path, run.recipe) for tracker in wanted] if group.is_first else []
        try:
            with run.needing_plugins(), spread(devices):
                vae = build(run.recipe, dataset.event_shape, len(dataset.train), dataset.condition, dataset.schema)
        except checks.InputError as error:
            raise checks.InputError(f"recipe {str(run.file(run.RECIPE))!r}: {error}") from error
        with spread(devices):
            done = checkpoints.restore(run.file(run.CHECKPOINTS), vae, log)
        group.check_same("the number of complete epochs", done)
        fit(run, vae, dataset, done=done, callbacks=[*callbacks, *trackers], verbose=verbose,
            count=devices, log=log)
        finish(run, vae, dataset, log, trackers)
    return run
