"""Train one model."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras

from zukan import processes
from zukan.commands.budget import EPOCHS, Clock, epochs_within
from zukan.commands.training_runs import build_model, finish, fit, fit_model, read, spread, writing
from zukan.runs import Run
from zukan.runs.environment import record
from zukan.training import tracking


def train(data: Any = "mnist", *, out: str | Path | None = None, preset: str | None = None, force: bool = False,
          track: str | Sequence[str] = (), devices: int | str | None = None,
          callbacks: Sequence[keras.callbacks.Callback] = (), verbose: int | str = 0,
          log: Callable[[str], None] = lambda _: None, **fields: Any) -> Run:
    """Train a model on ``data`` and write its atlas.

    Parameters
    ----------
    data : str, path, array, mapping or tuple, default "mnist"
        A source for `zukan.data.load`. Arrays are copied into the run folder.
    out : path, optional
        The run folder; by default ``runs/NAME``, with a number if that exists.
    preset : str, optional
        Named recipe to start from; ``zukan presets`` lists them. "auto" is the one that the data suggests. Without a
        preset, and without a network, posterior, prior, likelihood or objective of your choice, it is "auto" too.
    force : bool
        Replace a run at ``out``.
    track : str or sequence of str
        Write the recipe, each term by epoch and the results to "tensorboard", "mlflow" or "wandb" as well; several
        names are separated by commas.
    devices : int or "all", optional
        The number of devices that share each batch; by default one. The results are those of one device, up to
        rounding.
    callbacks : sequence of keras.callbacks.Callback
        Further callbacks for ``fit``.
    verbose : int or "auto"
        Progress output of Keras.
    log : callable
        Called with a line of text when a stage begins.
    **fields
        Fields of `zukan.training.recipe.Recipe`. Parts of the model may be objects.

    Returns
    -------
    Run

    Raises
    ------
    zukan.InputError
        If an argument or the data is invalid; nothing is written, and an earlier run at ``out`` stays.
    zukan.training.divergence.DivergedError
        If training diverges; the model after the last complete epoch is saved.
    """
    wanted = tracking.kinds(track)
    group = processes.current()
    out = Path(group.of_first("the run folder", str(Run.default_path(data) if out is None else out)))
    if group.is_first:
        Run.check_free(out, force=force)
    recipe, dataset, arrays = read(data, preset, fields, log)
    with spread(devices):
        vae = build_model(recipe, dataset)
    if recipe.minutes is not None:
        clock = Clock(len(dataset.test) / len(dataset.train), whole=group.size > 1)
        epochs = epochs_within(recipe.minutes, fields.get("epochs"), functools.partial(
            fit_model, recipe, vae, dataset, epochs=EPOCHS, count=devices), clock, log, group)
        recipe = replace(recipe, epochs=epochs)
        with spread(devices):
            vae = build_model(recipe, dataset)
    trackers = [tracker(out, recipe) for tracker in wanted] if group.is_first else []
    run = Run.create(out, recipe, record(dataset), force=force, arrays=arrays) if group.is_first else Run(out, recipe)
    with writing(run):
        fit(run, vae, dataset, callbacks=[*callbacks, *trackers], verbose=verbose, count=devices, log=log)
        finish(run, vae, dataset, log, trackers)
    return run
