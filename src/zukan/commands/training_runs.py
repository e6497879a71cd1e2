"""The steps that `train`, `train_many` and `resume` share, in the order in which they happen."""

from __future__ import annotations

import contextlib
import math
import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np

from zukan import checks, precision, processes
from zukan.compiled import Placement
from zukan.data import Dataset, collect, load
from zukan.data.duplicates import duplicates
from zukan.data.sources.builtin import NAMES
from zukan.devices import on_one_device, scope
from zukan.likelihoods import likelihoods
from zukan.model import VAE
from zukan.networks import Network, networks
from zukan.report import write_atlas
from zukan.report.formatting import plural
from zukan.runs import Run
from zukan.runs.lock import locked
from zukan.runs.patience import patience_of
from zukan.training import background, checkpoints, evidence
from zukan.training.build import build
from zukan.training.divergence import DivergedError, StopOnDivergence, located
from zukan.training.history import HistoryFile
from zukan.training.patience import Patience, first_epoch
from zukan.training.presets import AUTO, PRESETS, TUTORIAL, preset_fields
from zukan.training.recipe import Recipe
from zukan.training.tracking import Tracker

Log = Callable[[str], None]
Devices = int | str | None  # a number, or "all"; None is one
MAP = 3  # the most latent dimensions of a map
PARTS = ("encoder", "decoder", "posterior", "prior", "likelihood", "objective")  # fields that name a part of the model


def make_recipe(data: Any, preset: str | None, fields: Mapping[str, Any]) -> Recipe:
    """Return the recipe: the fields of the preset, replaced by ``fields``, and the source of the data."""
    source = Run.DATA
    if isinstance(data, (str, Path)):
        source = str(data) if data in NAMES else str(Path(data).resolve())  # valid in every working folder
    recipe = Recipe.of(**{**preset_fields(preset), **fields, "data": source})
    encoder = networks.make(recipe.encoder, "encoder")
    if recipe.signals is None and isinstance(encoder, Network) and encoder.signals:
        recipe = replace(recipe, signals=True)
    if recipe.scaling == "auto" and recipe.likelihood != "auto" and likelihoods.make(recipe.likelihood).unit:
        recipe = replace(recipe, scaling="none")  # counts and levels lose their unit if they are standardized
    return recipe


def read(data: Any, preset: str | None, fields: Mapping[str, Any],
         log: Log) -> tuple[Recipe, Dataset, dict[str, np.ndarray] | None]:
    """Return the recipe, the data set, and the arrays that the run must store because they are only in memory.

    With the preset "auto", or without a preset and without a part of the user's choice in ``fields``, the recipe starts
    from the preset that the data suggests; the log says which and why.
    """
    own = any(fields.get(part) is not None for part in PARTS)
    recipe = make_recipe(data, preset, fields)
    dataset, arrays = read_data(data, recipe, log)
    if preset == AUTO or (preset is None and not own):
        choice = evidence.examine(dataset)
        if preset == AUTO or choice.preset != TUTORIAL:
            log(f"Preset: {choice.preset}, because {choice.why_preset}; --preset {TUTORIAL} is the tutorial's model")
        preset = choice.preset
        suited = make_recipe(data, preset, fields)
        if suited.options != recipe.options:
            again = load(data if arrays is None else arrays, **suited.options)
            dataset = replace(again, notes=dataset.notes, account=dataset.account)
        recipe = suited
    recipe = at_positions(recipe, preset, fields, dataset)
    recipe = evidence.choose_likelihood(replace(recipe, missing=dataset.missing), dataset, log)
    return with_noise(recipe, preset, fields, dataset, log), dataset, arrays


def keeps_positions(preset: str | None) -> bool:
    """Return whether the z of a preset keeps the positions of an image."""
    return preset is not None and PRESETS[preset].at_each_position > 0


def at_positions(recipe: Recipe, preset: str | None, fields: Mapping[str, Any], dataset: Dataset) -> Recipe:
    """Return the recipe with the number of latent dimensions that follows from the size of the images, if it does."""
    if preset is None or not keeps_positions(preset) or fields.get("latent_dim") is not None:
        return recipe
    network = networks.make(recipe.encoder, "encoder")
    places = network.positions(dataset.event_shape) if isinstance(network, Network) else ()
    return replace(recipe, latent_dim=PRESETS[preset].at_each_position * math.prod(places))


def with_noise(recipe: Recipe, preset: str | None, fields: Mapping[str, Any], dataset: Dataset, log: Log) -> Recipe:
    """Return the recipe with the noise of its preset for the encoder, if it suits and ``fields`` has none."""
    noise = PRESETS[preset].noise if preset is not None and fields.get("corrupt") is None else ""
    if (not noise or recipe.likelihood not in ("bernoulli", {"name": "bernoulli"}) or recipe.latent_dim > MAP
            or not evidence.of_gray_images(dataset)):
        return recipe
    log("Noise: in training, the encoder sees a part of the pixels as black or white; --corrupt '' leaves it out")
    return replace(recipe, corrupt=noise)


def read_data(data: Any, recipe: Recipe, log: Log) -> tuple[Dataset, dict[str, np.ndarray] | None]:
    """Return the data set, and the arrays that the run must store because they are only in memory."""
    named = isinstance(data, (str, Path))
    log(f"Reading {data if named else 'arrays'}")
    if named:
        arrays, dataset = None, load(data, **recipe.options)
    else:
        arrays, notes, account = collect(data, **recipe.options)
        dataset = load(arrays, **recipe.options)
        dataset = replace(dataset, notes=(*notes, *dataset.notes), account=account)
    for note in dataset.notes:
        log(note)
    repeated = len(duplicates(dataset.drawn_once.train.x, dataset.test.x).across)
    if repeated:
        log(f"Note: {repeated:,} of {len(dataset.test):,} test items are also training items, which makes the test "
            "results look better than they are")
    processes.current().check_same("the data", dataset.provenance["sha256"])
    return dataset, arrays


def build_model(recipe: Recipe, dataset: Dataset) -> VAE:
    """Return the compiled model, after checks that its likelihood accepts the data and its devices the batches."""
    Placement(keras.distribution.distribution()).check(recipe.batch_size)
    vae = build(recipe, dataset.event_shape, len(dataset.train), dataset.condition, dataset.schema)
    vae.likelihood.check("training data", dataset.train.x, missing=vae.missing)
    if recipe.patience:
        first_epoch(vae, -(-len(dataset.train) // recipe.batch_size))  # raises if there is none
    vae.likelihood.check("test data", dataset.test.x, missing=vae.missing)
    return vae


def fit(run: Run, vae: VAE, dataset: Dataset, *, done: int = 0, callbacks: Sequence[keras.callbacks.Callback] = (),
        verbose: int | str = 0, count: Devices = None, log: Log) -> None:
    """Train the epochs of the recipe that follow the first ``done``; save the history and checkpoints."""
    epochs = run.recipe.epochs
    stop, patience, *savers = run_callbacks(run, vae, dataset, done)
    if done >= epochs or patience.is_over:
        return
    log_precision(run.recipe, log)
    number = len(vae.weights[0].value.sharding.device_set) if keras.backend.backend() == "jax" else 1
    spreading = f", on {number} devices" if number > 1 else ""
    log(f"Training {plural(epochs - done, 'epoch')} on {plural(len(dataset.train), 'item')}{spreading}")
    group = processes.current()
    try:
        fit_model(run.recipe, vae, dataset, stop, patience, *(savers if group.is_first else ()), *callbacks,
                  epochs=epochs, done=done, verbose=verbose, count=count)
    except DivergedError as error:
        group.leave()
        if group.is_first:
            raise diverged(error, run, dataset, stop) from error
        raise


def fit_model(recipe: Recipe, vae: VAE, dataset: Dataset, *callbacks: keras.callbacks.Callback, epochs: int,
              done: int = 0, verbose: int | str = 0, count: Devices = None) -> None:
    """Train a model on the data set; its test items are the validation."""
    train, test = dataset.train, dataset.test
    held_out = test.x if test.condition is None else (test.x, test.condition)
    with spread(count), precision.products(recipe.precision):
        vae.fit(train.x, condition=train.condition, epochs=epochs, initial_epoch=done, batch_size=recipe.batch_size,
                validation_data=held_out, callbacks=list(callbacks), verbose=verbose)


def log_precision(recipe: Recipe, log: Log) -> None:
    """Log what precision is used, if the device offers more than one."""
    if line := precision.described(recipe.precision):
        log(line)


def run_callbacks(run: Run, vae: VAE, dataset: Dataset, done: int = 0
                  ) -> tuple[StopOnDivergence, Patience, HistoryFile, checkpoints.Checkpoints]:
    """Return the callbacks of every training: two that stop it, and two that save its state."""
    largest = max(map(abs, dataset.value_range))
    patience = patience_of(run, vae, len(dataset.train), done)
    return (StopOnDivergence(str(run.path), largest), patience, HistoryFile(run.file(run.HISTORY), done),
            checkpoints.Checkpoints(run.file(run.CHECKPOINTS), best=lambda: patience.best))


def diverged(error: DivergedError, run: Run, dataset: Dataset, stop: StopOnDivergence) -> DivergedError:
    """Save the model after the last complete epoch, and return the error with the step at which training diverged."""
    vae = build(run.recipe, dataset.event_shape, len(dataset.train), dataset.condition, dataset.schema)
    done = checkpoints.restore(run.file(run.CHECKPOINTS), vae, within=False)
    if done:
        run.save_model(vae)
    with precision.products(run.recipe.precision):
        return located(error, vae, dataset.train.x, epoch=done, batch_size=run.recipe.batch_size, stop=stop,
                       condition=dataset.train.condition)


def finish(run: Run, vae: VAE, dataset: Dataset, log: Log, trackers: Sequence[Tracker] = ()) -> None:
    """Save the trained model, write the atlas and tell the trackers; of several processes, only the first one does."""
    group = processes.current()
    group.leave()
    if not group.is_first:
        return
    vae = on_one_device(vae)
    if run.recipe.patience:
        patience = patience_of(run, vae, len(dataset.train))
        log(f"The model is the best epoch, {patience.best} of {len(patience.losses)}, by the test loss")
        checkpoints.restore_epoch(run.file(run.CHECKPOINTS), vae, patience.best)
    run.save_model(vae)
    write_atlas(run, vae, dataset, log)
    for tracker in trackers:
        tracker.publish(run.numbers, run.file(run.REPORT))


def spread(count: Devices) -> contextlib.AbstractContextManager[None]:
    """Return a scope in which a model is built and trained on ``count`` devices, with several processes on all."""
    if processes.current().size == 1:
        return scope(count)
    if count not in (None, "all"):
        raise checks.InputError(f"devices must be 'all' with several processes, got {count!r}; leave it out")
    return scope("all")


@contextlib.contextmanager
def writing(run: Run) -> Iterator[None]:
    """Lock the run against other commands; of several processes, the first one holds the lock."""
    group = processes.current()
    group.advice = f"continue with  zukan resume {shlex.quote(str(run.path))}"
    with locked(run.path) if group.is_first else contextlib.nullcontext(), background.finished(run.path):
        yield
