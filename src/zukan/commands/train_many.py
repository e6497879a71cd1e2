"""Train several models that differ in seed or in a number."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import keras

from zukan import checks, precision, processes
from zukan.commands.budget import EPOCHS, Clock, epochs_within
from zukan.commands.training_runs import (
    Log,
    build_model,
    diverged,
    finish,
    fit,
    fit_model,
    log_precision,
    make_recipe,
    read,
    run_callbacks,
)
from zukan.data import Dataset
from zukan.devices import chosen_devices, one_per_core
from zukan.model import VAE
from zukan.report.formatting import plural
from zukan.runs import Run
from zukan.runs.environment import record
from zukan.runs.lock import locked
from zukan.training import background, tracking
from zukan.training.build import inputs
from zukan.training.divergence import DivergedError, DivergedRunsError
from zukan.training.recipe import Recipe
from zukan.training.tracking import Tracker
from zukan.training.variants import variants

Callbacks = Sequence[keras.callbacks.Callback]


def train_many(data: Any = "mnist", *, seeds: int | Sequence[int] | None = None,
               sweep: Mapping[str, Sequence[float]] | None = None, out: str | Path | None = None,
               preset: str | None = None, force: bool = False, track: str | Sequence[str] = (),
               devices: int | str = "all", callbacks: Callbacks = (), log: Callable[[str], None] = lambda _: None,
               **fields: Any) -> list[Run]:
    """Train models that differ in seed or in a number together, as one compiled program; each gets its own run.

    Each run equals the run that `train` would write, up to rounding, and can be resumed alone. If epochs cannot be
    compiled (on backends other than JAX, or with custom convolution layers on a CPU), the models train one after
    another. Several processes take some of the models each.

    Parameters
    ----------
    data, preset, force, track, log, **fields
        As for `train`.
    seeds : int or sequence of int, optional
        The number of seeds, counted from the recipe's seed, or the seeds themselves.
    sweep : mapping, optional
        Values by field, for example ``{"beta": [0.5, 1, 2, 4]}``. The field is ``beta``, ``free_bits``,
        ``learning_rate``, or a number that a part declares, such as ``objective.gamma`` of the objective "factor".
        Every combination of the values and seeds is trained.
    out : path, optional
        The folder that gets one run folder per model; by default as for `train`.
    devices : int or "all", default "all"
        The number of devices that the models are divided among. On a CPU, each core is one. Models that train one
        after another use one device.
    callbacks : sequence of keras.callbacks.Callback
        Further callbacks; their logs are the averages over all models. What they change in a model has no effect.

    Returns
    -------
    list of Run

    Raises
    ------
    zukan.InputError
        If an argument or the data is invalid; nothing is written, and earlier runs stay.
    zukan.training.divergence.DivergedRunsError
        If training diverged in some runs; raised when all other runs are finished.
    """
    wanted = tracking.kinds(track)
    if keras.backend.backend() == "jax":
        one_per_core()
    chosen = chosen_devices(devices, local=True)
    recipes = variants(make_recipe(data, preset, fields), seeds, sweep)
    group = processes.current()
    folder = Path(group.of_first("the run folder", str(Run.default_path(data) if out is None else out)))
    if Run.exists(folder):
        raise checks.InputError(
            f"out must be a folder for several runs, got {str(folder)!r}, which is one run; choose another")
    for name in recipes:
        Run.check_free(folder / name, force=force)
    first = next(iter(recipes.values()))
    recipe, dataset, arrays = read(data, preset, {**fields, "split_seed": first.split_seed}, log)
    recipes = variants(recipe, seeds, sweep)
    first = next(iter(recipes.values()))
    environment = record(dataset)
    group.advice = f"continue each run in {folder} with  zukan resume"
    mine = list(recipes)[group.index :: group.size]
    with processes.alone():
        models = [build_model(recipes[name], dataset) for name in mine]
        compiled = all(model.compiles_epochs(inputs(dataset)[0], first.batch_size) for model in models)
        if first.minutes is not None:
            measure = functools.partial(_measure, first, models, dataset, together=compiled, devices=chosen)
            clock = Clock(len(dataset.test) / len(dataset.train))
            minutes = first.minutes if compiled else first.minutes / max(1, len(models))
            epochs = epochs_within(minutes, fields.get("epochs"), measure, clock, log, group)
            recipes = {name: dataclasses.replace(recipe, epochs=epochs) for name, recipe in recipes.items()}
            models = [build_model(recipes[name], dataset) for name in mine]
        group.exchange("the runs")  # nothing is written before all have checked everything
        trackers = [[tracker(folder / name, recipes[name]) for tracker in wanted] for name in mine]
        runs = [Run.create(folder / name, recipes[name], environment, force=force, arrays=arrays) for name in mine]
        with contextlib.ExitStack() as locks:
            for run in runs:
                locks.enter_context(locked(run.path))
                locks.enter_context(background.finished(run.path))
            fit_all = functools.partial(_fit_together, devices=chosen) if compiled else _fit_one_by_one
            errors = fit_all(runs, models, dataset, callbacks, trackers, log) if runs else {}
    errors = _of_all(group, errors) | errors
    if errors:
        raise DivergedRunsError(errors, len(recipes) - len(errors))
    mine_by_name = {run.path.name: run for run in runs}
    return [mine_by_name.get(name) or Run.open(folder / name) for name in recipes]


def _of_all(group: processes.Group, errors: Mapping[str, DivergedError]) -> dict[str, DivergedError]:
    """Return the errors of the runs of all processes."""
    mine = json.dumps({name: [str(error), error.step] for name, error in errors.items()}).encode()
    found = [item for content in group.exchange("the errors", mine) for item in json.loads(content).items()]
    return {name: DivergedError(message, step) for name, (message, step) in found}


def _measure(recipe: Recipe, models: list[VAE], dataset: Dataset, clock: Clock, *, together: bool,
             devices: list[Any]) -> None:
    """Train models, or the first of those that train one by one, until the clock has measured enough."""
    if not together:
        fit_model(recipe, models[0], dataset, clock, epochs=EPOCHS)
    elif models:
        from zukan.training import replicas  # noqa: PLC0415 imports jax

        x, held_out = inputs(dataset)
        with precision.products(recipe.precision):
            replicas.fit(models, x, held_out, epochs=EPOCHS, batch_size=recipe.batch_size,
                         callbacks=[[] for _ in models], together=[clock], devices=devices)


def _fit_together(runs: list[Run], models: list[VAE], dataset: Dataset, callbacks: Callbacks,
                  trackers: Sequence[Sequence[Tracker]], log: Log, *, devices: list[Any]) -> dict[str, DivergedError]:
    """Train all models as one program and finish the runs; return the errors of those that diverged, by name."""
    from zukan.training import replicas  # noqa: PLC0415 imports jax

    recipe = runs[0].recipe
    log_precision(recipe, log)
    log(f"Training {plural(len(models), 'model')} for {plural(recipe.epochs, 'epoch')} "
        f"on {plural(len(dataset.train), 'item')}")
    savers = [run_callbacks(run, vae, dataset) for run, vae in zip(runs, models, strict=True)]
    model_callbacks = [[*mine, *more] for mine, more in zip(savers, trackers, strict=True)]
    x, held_out = inputs(dataset)
    with precision.products(recipe.precision):
        failed = replicas.fit(models, x, held_out, epochs=recipe.epochs, batch_size=recipe.batch_size,
                              callbacks=model_callbacks, together=callbacks, devices=devices)
    errors = {}
    for i, (run, vae) in enumerate(zip(runs, models, strict=True)):
        name = run.path.name
        if i in failed:
            errors[name] = diverged(failed[i], run, dataset, savers[i][0])
        else:
            finish(run, vae, dataset, lambda line, name=name: log(f"{name}: {line}"),  # type: ignore[misc]
                   trackers[i])
    return errors


def _fit_one_by_one(runs: list[Run], models: list[VAE], dataset: Dataset, callbacks: Callbacks,
                    trackers: Sequence[Sequence[Tracker]], log: Log) -> dict[str, DivergedError]:
    """Train one model after another and finish the runs; return the errors of those that diverged, by name."""
    errors = {}
    for run, vae, more in zip(runs, models, trackers, strict=True):
        try:
            fit(run, vae, dataset, callbacks=[*callbacks, *more], log=log)
        except DivergedError as error:
            errors[run.path.name] = error
        else:
            finish(run, vae, dataset, log, more)
    return errors
