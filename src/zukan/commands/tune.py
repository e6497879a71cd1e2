"""Search for the best recipe."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import keras

from zukan import checks, files
from zukan.commands.resume import resume
from zukan.commands.train import train
from zukan.commands.training_runs import Log, at_positions, keeps_positions, make_recipe, read_data
from zukan.data import Dataset
from zukan.devices import chosen_devices, one_per_core
from zukan.report.study import write_study
from zukan.runs import Run
from zukan.runs.lock import locked
from zukan.training.evidence import choose_likelihood
from zukan.training.presets import PRESETS, TUTORIAL
from zukan.training.recipe import ENDS, Recipe
from zukan.tuning import criteria, defaults, pruning
from zukan.tuning import storage as storing
from zukan.tuning.records import Record, best_first, records
from zukan.tuning.space import apply, parse
from zukan.tuning.trials import Search

MARK = "study.json"  # the settings; a folder that holds it is a study
BEST, REPORT, RECIPES = "best", "index.html", "recipes"


class StudyResult(NamedTuple):
    """The result of a search.

    Parameters
    ----------
    path : Path
        The folder of the study.
    trials : tuple of Record
        All trials, including trials of other processes.
    best : Record
        The trial with the best criterion on the validation items.
    recipe : Recipe
        Its recipe.
    run : Run, optional
        The run that was trained again with its recipe, on all training items; None if another process trains it.
    """

    path: Path
    trials: tuple[Record, ...]
    best: Record
    recipe: Recipe
    run: Run | None


def tune(data: Any = "mnist", *, out: str | Path | None = None, trials: int = 50, criterion: str = "bound",
         search: Mapping[str, Any] | None = None, pruner: str = "median", together: int = 1, validation: float = 0.1,
         storage: str | None = None, study: str | None = None, preset: str | None = None,
         callbacks: Sequence[keras.callbacks.Callback] = (), log: Callable[[str], None] = lambda _: None,
         **fields: Any) -> StudyResult:
    """Search for the recipe that is best by a criterion, with Optuna, and train it as a run.

    Trials are measured on validation items, which are held out from the training items. The best recipe is then trained
    again on all training items, and only this run sees the test items. A study that was stopped continues with the same
    call; several processes that make the same call share its trials.

    Parameters
    ----------
    data, preset, callbacks, log, **fields
        As for `train`, without ``patience`` and ``minutes``, also if the preset has them. Fields that are set are not
        searched.
    out : path, optional
        The folder of the study; by default ``runs/NAME-study``.
    trials : int, default 50
        Trials of the whole study: complete, pruned and failed ones.
    criterion : {"bound", "elbo", "reconstruction", "knn"}
        The importance-weighted bound, the ELBO or the reconstruction error in nats per item, or the accuracy of nearest
        neighbors in the latent space, which needs labels.
    search : mapping, optional
        A range or choices by field of the recipe or argument of a part: ``{"latent_dim": "2..32", "learning_rate":
        "1e-4..1e-2:log", "prior": ["normal", "vamp"], "objective.k": "2..20"}``; by default a search that suits the
        kind of the data.
    pruner : {"median", "hyperband", "none"}
        Which trials end early, by their validation after each epoch.
    together : int, default 1
        How many trials are drawn at once and train as one program. They share the structure of the model, and differ in
        numbers such as ``beta`` and ``learning_rate``.
    validation : float, default 0.1
        Share of the training items that is held out.
    storage : str, optional
        The database of an Optuna study, such as ``postgresql://user:password@host/database``; by default a SQLite file
        in ``out``.
    study : str, optional
        Name of the study in the database; by default the name of the folder ``out``.

    Returns
    -------
    StudyResult

    Raises
    ------
    zukan.InputError
        If an argument or the data is invalid, Optuna is not installed, the study has other settings, or no trial is
        complete.
    """
    storing.import_optuna()
    checks.integer("trials", trials)
    if checks.integer("together", together) > 1 and keras.backend.backend() == "jax":
        one_per_core()
    checks.number("validation", validation, above=0.0, maximum=0.9)
    out = default_path(data) if out is None else Path(out)
    _check_folder(out)
    _check_ends(fields)
    recipe = make_recipe(data, preset and checks.choice("preset of a search", preset, PRESETS), {**ENDS, **fields})
    checks.choice("criterion", criterion, criteria.CRITERIA)
    chosen_pruner = pruning.make_pruner(pruner, recipe.epochs)
    dataset, _ = read_data(data, recipe, log)
    recipe = at_positions(recipe, preset, fields, dataset)
    measured = criteria.check(criterion, dataset)
    space = parse(_suiting(recipe, preset, fields, dataset, log) if search is None else search, recipe, fields)
    ready = _ready(recipe, dataset, log)
    settings = {"criterion": criterion, "pruner": pruner, "validation": validation,
                "search": {field: str(values) for field, values in space.items()},
                "recipe": recipe.changes,
                "data": dataset.provenance["sha256"]}
    is_new = not out.exists()
    out.mkdir(parents=True, exist_ok=True)
    try:
        with storing.quiet():
            opened = storing.open_study(out, storage, study or out.resolve().name, measured.direction, settings)
    except checks.InputError:
        if is_new:
            with contextlib.suppress(OSError):
                out.rmdir()
        raise
    opened.pruner = chosen_pruner
    files.write_text(out / MARK, json.dumps(settings, indent=2) + "\n")
    split_seed = recipe.split_seed_or(recipe.seed)
    held_out = criteria.with_validation(dataset, validation, split_seed, stratify=recipe.stratify)
    log(f"Validation: {len(held_out.test):,} of {len(dataset.train):,} training items; the test items are not used")
    Search(opened, space, ready, held_out, criterion, measured, trials, together,
           chosen_devices("all", local=True) if together > 1 else None, callbacks, log).run()
    made = records(opened)
    ranked = best_first(made, measured.sign)
    if not ranked:
        raise checks.InputError(f"study {str(out)!r} must have a complete trial, got none; the first one failed "
                                f"since {next((trial.reason for trial in made if trial.reason), 'it was stopped')}")
    best_recipe = apply(recipe, ranked[0].fields)
    with _alone(out, log) as alone:
        run = None
        if alone:
            ready = _ready(best_recipe, dataset)
            run = _best_run(data, out / BEST, best_recipe, ready, ranked[0], callbacks, log)
            for trial in made:
                if trial.recipe:
                    files.write_text(out / RECIPES / f"{trial.number}.toml", trial.recipe)
            with storing.quiet():
                write_study(out / REPORT, opened, made, measured, run, best_recipe)
    return StudyResult(out, made, ranked[0], best_recipe, run)


def default_path(data: Any) -> Path:
    """Return the default folder of a study: ``runs/NAME-study``, so that the same command continues it."""
    name = Path(data).stem if isinstance(data, (str, Path)) else "arrays"
    return Path("runs") / f"{name or 'run'}-study"


def _check_ends(fields: Mapping[str, Any]) -> None:
    """Raise `InputError` if the user says when a training ends, as pruning does in a search."""
    for name in ENDS:
        if value := fields.get(name):
            raise checks.InputError(f"{name} must not be set in a search, got {value}; leave it out: epochs is the "
                                    "longest training, and pruning ends trials before")


def _suiting(recipe: Recipe, preset: str | None, fields: Mapping[str, Any], dataset: Dataset,
             log: Log) -> dict[str, str]:
    """Return the search that suits the data, and log it."""
    fixed = {*fields, "encoder", "latent_dim"} if keeps_positions(preset) else fields
    search = defaults.default_search(recipe, dataset.event_shape, fixed)
    log("Searching " + ", ".join(f"{field}={values}" for field, values in search.items()))
    return search


def _check_folder(out: Path) -> None:
    is_study = any((out / name).is_file() for name in (MARK, storing.FILE))
    if out.exists() and not is_study and not (out.is_dir() and not any(out.iterdir())):
        raise checks.InputError(f"out must be a new folder, or a study to continue, got {str(out)!r}, which is "
                                "neither; choose another")


def _ready(recipe: Recipe, dataset: Dataset, log: Log = lambda _: None) -> Recipe:
    """Return the recipe with what depends on the data."""
    return choose_likelihood(Recipe.of(**{**vars(recipe), "missing": dataset.missing}), dataset, log)


@contextlib.contextmanager
def _alone(out: Path, log: Log) -> Iterator[bool]:
    """Yield whether no other process finishes this study now."""
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(locked(out))
        except checks.InputError:
            log("Another process trains the best recipe and writes the report")
            yield False
            return
        yield True


def _best_run(data: Any, path: Path, recipe: Recipe, ready: Recipe, best: Record,
              callbacks: Sequence[keras.callbacks.Callback], log: Log) -> Run:
    """Train the best recipe on all training items, unless a run with this recipe is there."""
    if Run.exists(path) and (run := Run.open(path)).recipe == ready:
        return run if run.is_finished else resume(path, callbacks=callbacks, log=log)
    log(f"Training the recipe of trial {best.number} again, on all training items")
    return train(data, out=path, preset=TUTORIAL, force=Run.exists(path), callbacks=callbacks, log=log,
                 **recipe.changes)
