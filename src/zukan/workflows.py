"""What each command does, as functions."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import tempfile
import threading
import webbrowser
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from zukan import checks, explorer, files, plots, report, tables
from zukan.data import Dataset, collect, items, load
from zukan.data.duplicates import duplicates
from zukan.data.sources.builtin import NAMES
from zukan.evaluation.classes import classes
from zukan.evaluation.diagnosis import diagnosis
from zukan.evaluation.latent import latent
from zukan.evaluation.likelihood import likelihood
from zukan.export import write as write_onnx
from zukan.model import VAE
from zukan.runs import Run
from zukan.runs.data import as_read, reading, recorded, reload
from zukan.runs.environment import environment
from zukan.runs.lock import writing
from zukan.runs.run import DATA
from zukan.training import checkpoints, evidence
from zukan.training.build import build
from zukan.training.history import HistoryFile
from zukan.training.nan import DivergedError, DivergedRunsError, StopOnNaN, located
from zukan.training.presets import fields_of
from zukan.training.recipe import FORMAT_VERSION, Recipe
from zukan.training.tensorboard import TensorBoard
from zukan.training.variants import variants

Tell = Callable[[str], None]
PICTURES = (".png", ".gif")


def train(data: Any = "mnist", *, out: str | Path | None = None, preset: str | None = None, force: bool = False,
          tensorboard: bool = False, callbacks: Sequence[Any] = (), verbose: int | str = 0,
          tell: Tell = lambda _: None, **recipe: Any) -> Run:
    """Train a model on ``data`` and write its atlas.

    Parameters
    ----------
    data : str, path, array, mapping or tuple, default "mnist"
        What `zukan.data.load` takes. Arrays are copied into the run folder.
    out : path, optional
        The run folder; by default ``runs/NAME``, with a number where that is taken.
    preset : str, optional
        A named recipe to start from; see ``zukan presets``.
    force : bool
        Replace a run at ``out``.
    tensorboard : bool
        Write event files into ``tensorboard/`` in the run folder.
    callbacks : sequence of keras.callbacks.Callback
    verbose : int or "auto"
        Keras's progress output.
    tell : callable
        Called with a line of text as each stage begins.
    **recipe
        Fields of `zukan.training.recipe.Recipe`; parts may be objects.

    Returns
    -------
    Run

    Raises
    ------
    zukan.InputError
        For a mistake in what was given; nothing is written, and an earlier run stays.
    """
    plan = _plan(data, preset, recipe)
    out = Path(out) if out is not None else fresh(_name(data))
    Run.check_free(out, force=force)
    dataset, arrays = _read(data, plan, tell)
    plan = _settle(plan, dataset, tell)
    vae = _build(plan, dataset)
    extra = [TensorBoard(out / "tensorboard")] if tensorboard else []
    run = _create(out, plan, dataset, arrays, force=force)
    with writing(run.path):
        return _fit(run, vae, dataset, 0, [*callbacks, *extra], verbose, tell)


def train_many(data: Any = "mnist", *, seeds: int | Sequence[int] | None = None,
               sweep: Mapping[str, Sequence[float]] | None = None, out: str | Path | None = None,
               preset: str | None = None, force: bool = False, tensorboard: bool = False,
               callbacks: Sequence[Any] = (), tell: Tell = lambda _: None, **recipe: Any) -> list[Run]:
    """Train models that differ in seed or in a number, together as one compiled program, each into a run of its own.

    Each run is what `train` would write, up to rounding, and can be resumed on its own. Where epochs do not compile
    (backends other than JAX, convolution layers of your own on a CPU) the models train one after another.

    Parameters
    ----------
    data, preset, force, tensorboard, tell, **recipe
        As for `train`.
    seeds : int or sequence of int, optional
        So many seeds counted from the recipe's, or these.
    sweep : mapping, optional
        Values by field: ``{"beta": [0.5, 1, 2, 4]}``, of ``beta``, ``free_bits`` and ``learning_rate``. With several
        fields, and with seeds, every combination is trained.
    out : path, optional
        The folder in which each run gets a folder; by default as for `train`.
    callbacks : sequence of keras.callbacks.Callback
        See the averages over all models.

    Returns
    -------
    list of Run

    Raises
    ------
    zukan.InputError
        For a mistake in what was given; nothing is written, and earlier runs stay. And when all is done, for runs that
        went astray; the others are finished.
    """
    plans = variants(_plan(data, preset, recipe), seeds, sweep)
    folder = Path(out) if out is not None else fresh(_name(data))
    if (folder / "recipe.toml").exists():
        raise checks.InputError(
            f"out must be a folder for several runs, got {str(folder)!r}, which is one run; choose another")
    for name in plans:
        Run.check_free(folder / name, force=force)
    first = next(iter(plans.values()))
    dataset, arrays = _read(data, first, tell)
    likelihood = _settle(first, dataset, tell).likelihood
    plans = {name: dataclasses.replace(plan, likelihood=likelihood) for name, plan in plans.items()}
    models = [_build(plan, dataset) for plan in plans.values()]
    extra = [[TensorBoard(folder / name / "tensorboard")] if tensorboard else [] for name in plans]
    runs = [_create(folder / name, plan, dataset, arrays, force=force) for name, plan in plans.items()]
    with contextlib.ExitStack() as held:
        for run in runs:
            held.enter_context(writing(run.path))
        return _fit_all(runs, models, dataset, callbacks, extra, tell)


def _fit_all(runs: list[Run], models: list[VAE], dataset: Dataset, callbacks: Sequence[Any], extra: list[list[Any]],
             tell: Tell) -> list[Run]:
    first, astray = runs[0].recipe, {}
    if all(model.compiles_epochs(dataset.train.x, first.batch_size) for model in models):
        from zukan.training import replicas  # noqa: PLC0415 imports jax

        tell(f"Training {len(models)} models for {first.epochs} epochs on {len(dataset.train):,} items")
        watchers = [_watchers(run, 0, dataset) for run in runs]
        lost = replicas.fit(models, dataset.train.x, dataset.test.x, epochs=first.epochs, batch_size=first.batch_size,
                            callbacks=[[*each, *own] for each, own in zip(watchers, extra, strict=True)],
                            together=callbacks)
        for i, (run, vae) in enumerate(zip(runs, models, strict=True)):
            if i in lost:
                astray[run.path.name] = _astray(lost[i], run, dataset, watchers[i][0])
            else:
                _finish(run, vae, dataset, lambda line, run=run: tell(f"{run.path.name}: {line}"))  # type: ignore[misc]
    else:
        for run, vae, own in zip(runs, models, extra, strict=True):
            try:
                _fit(run, vae, dataset, 0, [*callbacks, *own], 0, tell)
            except DivergedError as error:
                astray[run.path.name] = error
    if astray:
        raise DivergedRunsError(astray, len(runs) - len(astray))
    return runs


def resume(path: str | Path, *, callbacks: Sequence[Any] = (), verbose: int | str = 0,
           tell: Tell = lambda _: None) -> Run:
    """Go on with a run that was stopped, bit for bit as if it had not been; a finished one is left as it is.

    Raises
    ------
    zukan.InputError
        When ``path`` is not a run, or its data has changed since.
    """
    run = Run.open(path)
    if is_finished(run):
        return run
    with writing(run.path):
        return _resume(run, callbacks, verbose, tell)


def _resume(run: Run, callbacks: Sequence[Any], verbose: Any, tell: Tell) -> Run:
    tell(f"Reading {run.source}")
    dataset = reload(run)
    callbacks = [*callbacks, *([TensorBoard(run.file("tensorboard"))] if run.file("tensorboard").exists() else [])]
    try:
        vae = build(run.recipe, dataset.event_shape, len(dataset.train))
    except checks.InputError as error:
        raise checks.InputError(f"recipe {str(run.file('recipe.toml'))!r}: {error}") from error
    done = checkpoints.restore(run.file("checkpoints"), vae, tell)
    return _fit(run, vae, dataset, done, callbacks, verbose, tell)


def is_finished(run: Run) -> bool:
    """Whether nothing is left to do: the page is what a training writes last."""
    return run.file("index.html").exists()


def redraw(path: str | Path, *, tell: Tell = lambda _: None) -> Run:
    """Evaluate and draw a trained run again: ``metrics.json``, figures and ``index.html``."""
    run = Run.open(path)
    vae = run.model
    with writing(run.path):
        tell(f"Reading {run.source}")
        _atlas(run, vae, reload(run), tell)
    return run


def encode(path: str | Path, data: Any, out: str | Path, *, sample: bool = False, seed: int = 0) -> tuple[int, ...]:
    """Write the codes of every item of ``data`` to ``out`` (.npz, .csv or .parquet), and return their shape."""
    out = Path(out)
    tables.check_ending(out)
    run = Run.open(path)
    split, names = items(data, **reading(run))
    z = run.model.encode(split.x, sample=sample, seed=seed)
    tables.write_codes(out, z, split.y if split.y is None or names is None else np.array(names)[split.y])
    return z.shape


def reconstruct(path: str | Path, data: Any, out: str | Path, *, count: int = 10, seed: int = 0) -> None:
    """Draw the first items of ``data`` (by default the run's test items) beside their reconstructions.

    Or write the reconstructions alone as a table, as `sample` does.
    """
    run, x = _applied(path, data, out)
    x = x[: checks.integer("count", count)]
    mean, sampled = run.model.reconstruct(x), run.model.reconstruct(x, sample=True, seed=seed)
    _items(out, run, mean, lambda: plots.reconstructions(x, mean, sampled),
           lambda: plots.gif(np.concatenate([x, mean, sampled], axis=2 if x.ndim > 2 else 1)))


def sample(path: str | Path, out: str | Path, *, count: int = 64, seed: int = 0) -> None:
    """Draw new items from the prior, to a picture (.png, .gif) or, in the units of the data, .csv, .npz or .parquet."""
    run = Run.open(path)
    tables.check_ending(Path(out), PICTURES)
    drawn = run.model.sample(checks.integer("count", count), seed=seed)
    _items(out, run, drawn, lambda: plots.samples(drawn), lambda: plots.gif(drawn))


def interpolate(path: str | Path, first: int, second: int, data: Any, out: str | Path, *, steps: int = 21) -> None:
    """Draw the morph from item ``first`` to item ``second`` of ``data`` (by default the run's test items).

    Or write it as a table, as `sample` does.
    """
    run, x = _applied(path, data, out)
    for name, index in (("first", first), ("second", second)):
        if checks.integer(name, index, minimum=0) >= len(x):
            raise checks.InputError(f"{name} must be below the number of items, {len(x)}, got {index}")
    between = run.model.interpolate(x[first], x[second], steps=steps)
    _items(out, run, between, lambda: plots.morph(between), lambda: plots.gif(between, there_and_back=True))


def export(path: str | Path, out: str | Path) -> dict[str, float | None]:
    """Write the run's networks into folder ``out`` as ONNX; what is returned and raised is that of `export.write`.

    The files' metadata hold, as JSON, what the run did to its data: ``scaling`` (the networks' x is the source's, less
    ``offset``, divided by ``factor``) and the names of a table's ``columns``.
    """
    run = Run.open(path)
    told = {name: run.environment.get(name) for name in ("scaling", "columns")}
    return write_onnx(run.model, out, {name: json.dumps(value) for name, value in told.items() if value is not None})


def explore(path: str | Path, *, export: str | Path | None = None, port: int = 0, browser: bool = True,
            tell: Tell = lambda _: None) -> None:
    """Show the latent space of a finished run in the browser, until Ctrl-C; or write that page to a folder.

    Parameters
    ----------
    path : path
        The run.
    export : path, optional
        A new or empty folder: it becomes the page, for any web host, and nothing is served.
    port : int, default 0
        Where to serve on this machine; 0 for any port that is free.
    browser : bool, default True
        Open the page in the user's browser.
    tell : callable
        Called with a line of text as each stage begins, and with the address.

    Raises
    ------
    zukan.InputError
        When the run is not finished, a layer cannot be exported, the port is taken or given beside ``export``, or
        ``export`` cannot be written.
    """
    run = Run.open(path)
    explorer.check_page()
    if export is not None:
        if port:
            raise checks.InputError(
                f"port must be left out beside export, since nothing is served then, got {port}; give one of the two")
        explorer.check_free(Path(export))
        _explorer(run, Path(export), tell)
        return
    with (explorer.Server(port) as server, explorer.ended_alike(),
          tempfile.TemporaryDirectory(prefix="zukan-") as folder):
        _explorer(run, Path(folder) / "explorer", tell)
        server.publish(Path(folder) / "explorer")
        tell(f"Open {server.url} in a browser on this machine; Ctrl-C ends it")
        if browser:  # beside the server, since a browser within a terminal returns only when it is left
            threading.Thread(target=webbrowser.open, args=(server.url,), daemon=True).start()
        server.serve()


def _explorer(run: Run, folder: Path, tell: Tell) -> None:
    _ = run.model, run.metrics  # so that an unfinished run is told before its data is read
    tell(f"Reading {run.source}")
    explorer.build(run, reload(run), folder, tell)


def _applied(path: str | Path, data: Any, out: str | Path) -> tuple[Run, np.ndarray]:
    """Return the run and the items to apply it to; the name of the output is checked before anything is read."""
    tables.check_ending(Path(out), PICTURES)
    run = Run.open(path)
    return run, reload(run).test.x if data is None else items(data, **reading(run))[0].x


def _items(out: str | Path, run: Run, x: np.ndarray, picture: Callable[[], Any], animation: Callable[[], Any]) -> None:
    """Write items as the ending of ``out`` asks: drawn, one after the other, or as numbers in the units of the data."""
    ending = Path(out).suffix.lower()
    if ending in PICTURES:
        _picture(out, animation() if ending == ".gif" else picture())
    else:
        tables.write_items(Path(out), as_read(run, x), recorded(run)[1])


def _picture(out: str | Path, drawn: Any) -> None:
    with files.replacing(Path(out)) as beside:
        if isinstance(drawn, bytes):
            beside.write_bytes(drawn)
        else:
            drawn.save(beside)


def fresh(data: Any) -> Path:
    """Return the folder for a new run on ``data``: ``runs/NAME``, or the first of ``runs/NAME-2`` … that is free."""
    name = Path(str(data)).stem or "run"
    number = 1
    while (path := Path("runs") / (name if number == 1 else f"{name}-{number}")).exists():
        number += 1
    return path


def summary(run: Run) -> list[tuple[str, str]]:
    """Return the headline numbers of a finished run as (name, value) pairs."""
    metrics = run.metrics
    test, latent_ = metrics["test"], metrics["latent"]
    elbo = (f"{-test['elbo']:.1f} nats per item (reconstruction {test['reconstruction']:.1f}, KL {test['kl']:.1f})")
    lines = [("test −ELBO", elbo),
             ("active units", f"{latent_['active_units']} of {len(latent_['variance'])}")]
    if "classes" in metrics:
        found = metrics["classes"]
        names = found["names"]
        pairs = ", ".join(f"{names[p['a']]}–{names[p['b']]}" for p in found["overlaps"][:3] if p["share"] > 0)
        lines.append((f"{found['neighbours']}-neighbour accuracy", f"{found['knn_accuracy']:.3f}"))
        lines += [("overlap most", pairs)] if pairs else []
    return lines


def _name(data: Any) -> Any:
    return data if isinstance(data, (str, Path)) else "arrays"


def _plan(data: Any, preset: str | None, recipe: dict[str, Any]) -> Recipe:
    source = _lasting(data) if isinstance(data, (str, Path)) else DATA
    return Recipe.of(**{**fields_of(preset), **recipe, "data": source})


def _read(data: Any, plan: Recipe, tell: Tell) -> tuple[Dataset, dict[str, np.ndarray] | None]:
    """Return the data, and what the run's folder has to keep of it: what was in memory alone."""
    tell(f"Reading {_name(data)}")
    arrays, notes, ignored = (None, (), "") if isinstance(data, (str, Path)) else collect(data, **plan.reading)
    dataset = load(data if arrays is None else arrays, **plan.splitting, **plan.reading)
    if ignored:
        dataset.provenance["ignored"] = ignored
    for note in (*notes, *dataset.notes):
        tell(note)
    repeated = len(duplicates(dataset.train.x, dataset.test.x).across)
    if repeated:
        tell(f"Note: {repeated:,} of {len(dataset.test):,} test items are also training items, so test figures flatter")
    return dataset, arrays


def _settle(plan: Recipe, dataset: Dataset, tell: Tell) -> Recipe:
    plan, why = evidence.settled(plan, dataset)
    if why is not None:
        tell(why)
    return plan


def _build(plan: Recipe, dataset: Dataset) -> VAE:
    vae = build(plan, dataset.event_shape, len(dataset.train))
    for name, split in (("training data", dataset.train), ("test data", dataset.test)):
        vae.likelihood.check(name, split.x)
    return vae


def _create(out: Path, plan: Recipe, dataset: Dataset, arrays: dict[str, np.ndarray] | None, *, force: bool) -> Run:
    told = {"format_version": FORMAT_VERSION, **environment(), "data": dataset.provenance,
            "scaling": dataset.scaling.to_json(), "columns": dataset.columns}
    return Run.create(out, plan, told, force=force, arrays=arrays)


def _watchers(run: Run, done: int, dataset: Dataset) -> list[Any]:
    """Return what watches every training: the stop at NaN, then what keeps a whole epoch."""
    largest = max(map(abs, dataset.value_range))
    return [StopOnNaN(str(run.path), largest), HistoryFile(run.file("history.csv"), done),
            checkpoints.Checkpoints(run.file("checkpoints"))]


def _fit(run: Run, vae: VAE, dataset: Dataset, done: int, callbacks: Sequence[Any], verbose: Any, tell: Tell) -> Run:
    if done < run.recipe.epochs:
        tell(f"Training {run.recipe.epochs - done} epochs on {len(dataset.train):,} items")
        watchers = _watchers(run, done, dataset)
        try:
            vae.fit(dataset.train.x, epochs=run.recipe.epochs, initial_epoch=done, batch_size=run.recipe.batch_size,
                    validation_data=dataset.test.x, callbacks=[*watchers, *callbacks], verbose=verbose)
        except DivergedError as error:
            raise _astray(error, run, dataset, watchers[0]) from error
    return _finish(run, vae, dataset, tell)


def _astray(error: DivergedError, run: Run, dataset: Dataset, stop: StopOnNaN) -> DivergedError:
    """Keep the model after the last whole epoch, and find the step at which the next one went astray."""
    vae = build(run.recipe, dataset.event_shape, len(dataset.train))
    done = checkpoints.restore(run.file("checkpoints"), vae, within=False)
    if done:
        with files.replacing(run.file("model.keras")) as beside:
            vae.save(beside)
    return located(error, vae, dataset.train.x, epoch=done, batch_size=run.recipe.batch_size, stop=stop)


def _finish(run: Run, vae: VAE, dataset: Dataset, tell: Tell) -> Run:
    with files.replacing(run.file("model.keras")) as beside:
        vae.save(beside)
    _atlas(run, vae, dataset, tell)
    return run


def _atlas(run: Run, vae: VAE, dataset: Dataset, tell: Tell) -> None:
    """Evaluate, draw, write the page."""
    tell("Measuring")
    seed, x = run.recipe.seed, dataset.test.x
    means = vae.encode(x)
    metrics: dict[str, Any] = {"format_version": FORMAT_VERSION, "test": likelihood(vae, x, seed),
                               "latent": latent(vae, x, means, seed)}
    if dataset.train.y is not None and dataset.test.y is not None:
        metrics["classes"] = classes(vae.encode(dataset.train.x), dataset.train.y, means, dataset.test.y,
                                     dataset.class_names)
    history = run.history
    if not history:
        raise checks.InputError(
            f"{str(run.file('history.csv'))!r} does not exist, so there is no training to report; restore it")
    metrics["formula"] = vae.objective.formula()
    metrics["warnings"] = diagnosis(history, metrics, grey=_is_grey(vae, x))
    files.write_text(run.file("metrics.json"), json.dumps(metrics, indent=2) + "\n")
    tell("Drawing")
    figures = report.draw(vae, dataset, means, history, metrics, seed)
    pictures = {name: figure.png() for name, figure in figures.items()}
    for name, picture in pictures.items():
        _picture(run.file("figures") / f"{name}.png", picture)
    files.write_text(run.file("index.html"), report.page(run, vae, dataset, metrics, figures, pictures))


def _is_grey(vae: VAE, x: np.ndarray) -> bool:
    return vae.likelihood.parameters == ("logits",) and bool(((x[:1000] > 0) & (x[:1000] < 1)).any())


def _lasting(data: str | Path) -> str:
    """Return a file's path in a form that holds from every folder; a built-in name as it is."""
    return str(data) if data in NAMES else str(Path(data).resolve())
