"""Resume a run that was stopped."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import keras

from zukan import checks
from zukan.commands.training_runs import finish, fit
from zukan.runs import Run
from zukan.runs.data import reload
from zukan.runs.lock import locked
from zukan.training import checkpoints
from zukan.training.build import build
from zukan.training.tensorboard import TensorBoard


def resume(path: str | Path, *, callbacks: Sequence[keras.callbacks.Callback] = (), verbose: int | str = 0,
           log: Callable[[str], None] = lambda _: None) -> Run:
    """Continue a run that was stopped; the result is identical to an uninterrupted run, bit for bit.

    A finished run is returned unchanged.

    Parameters
    ----------
    path : path
        The run folder.
    callbacks, verbose, log
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
    with locked(run.path):
        log(f"Reading {run.source}")
        dataset = reload(run)
        events = run.file(run.TENSORBOARD)
        extra = [TensorBoard(events)] if events.exists() else []
        try:
            with run.needing_plugins():
                vae = build(run.recipe, dataset.event_shape, len(dataset.train), dataset.condition, dataset.schema)
        except checks.InputError as error:
            raise checks.InputError(f"recipe {str(run.file(run.RECIPE))!r}: {error}") from error
        done = checkpoints.restore(run.file(run.CHECKPOINTS), vae, log)
        fit(run, vae, dataset, done=done, callbacks=[*callbacks, *extra], verbose=verbose, log=log)
        finish(run, vae, dataset, log)
    return run
