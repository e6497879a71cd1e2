"""The command ``tune``."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter
from rich.console import Console

from zukan import checks, files
from zukan.cli import options
from zukan.cli.printing import make_console
from zukan.training.recipe import Recipe

if TYPE_CHECKING:
    from zukan.commands.tune import StudyResult


def tune(data: options.Data = Recipe.data, /, *, out: options.OutIfGiven = None, trials: options.Whole = 50,
         criterion: str = "bound", search: Annotated[list[str] | None, Parameter(negative="")] = None,
         pruner: str = "median", together: options.Whole = 1, validation: float = 0.1, storage: str | None = None,
         study: str | None = None, preset: str | None = None, plugin: options.Plugins = None,
         recipe: Annotated[options.SearchOptions | None, Parameter(name="*")] = None) -> None:
    """Search for the recipe that is best for DATA, with Optuna, and train it as a run.

    Trials are measured on validation items, which are held out from the training items. The same command continues a
    study that was stopped; run in several processes, it shares the trials among them.

    Parameters
    ----------
    out
        The folder of the study. [default: runs/NAME-study]
    trials
        Trials of the whole study.
    criterion
        What is best on the validation items: bound (the importance-weighted bound), elbo, reconstruction, or knn (the
        accuracy of nearest neighbors, with labels).
    search
        What to search: latent_dim=2..32, learning_rate=1e-4..1e-2:log, prior=normal,vamp or objective.k=2..20, or a
        TOML file with such lines; repeat for several fields. [default: what suits the kind of the data]
    pruner
        Which trials end early, by their validation: median, hyperband or none.
    together
        Trials that are drawn at once and train as one program; they have one structure, and differ in numbers.
    validation
        Share of the training items that is held out for the criterion.
    storage
        The database that several machines share, such as postgresql://user:password@host/database. [default: a SQLite
        file in --out]
    study
        Name of the study in the database. [default: the name of the folder --out]
    preset
        Named recipe for what is not searched; zukan presets lists them.
    """
    from zukan import commands  # noqa: PLC0415
    from zukan.cli.progress import TrainingProgress  # noqa: PLC0415 imports keras

    options.prepare(plugin)
    console, fields = make_console(), options.recipe_values(recipe)
    progress = TrainingProgress(console)
    try:
        result = commands.tune(
            data, out=out, trials=trials, criterion=criterion, search=parse_search(search or []), pruner=pruner,
            together=together, validation=validation, storage=storage, study=study, preset=preset,
            callbacks=[progress] if console.is_terminal else [], log=console.print, **fields)
    except KeyboardInterrupt:
        console.print("Stopped. The trials that are over are kept; the same command makes the others.")
        raise
    finally:
        progress.close()
    _print_result(result, console)


def parse_search(words: Sequence[str]) -> dict[str, Any] | None:
    """Return what to search by field, from words like ``latent_dim=2..32`` and names of TOML files."""
    search: dict[str, Any] = {}
    for word in words:
        field, equals, values = word.partition("=")
        more = {field.strip(): values} if equals else _read(Path(word))
        for name in more.keys() & search.keys():
            raise checks.InputError(f"search must name each field once, got {name!r} twice; leave one of them out")
        search |= more
    return search if words else None


def _read(path: Path) -> dict[str, Any]:
    """Return the content of a TOML file; ``[objective]`` with ``k = "2..20"`` means ``objective.k``."""
    with checks.explained(lambda error: f"search {str(path)!r} must be a field with its values, or a TOML file, but it "
                          f"cannot be read ({error}); write latent_dim=2..32, for example"):
        content = tomllib.loads(files.read_text(path))
    return {(f"{name}.{key}" if key else name): item for name, value in content.items()
            for key, item in (value.items() if isinstance(value, dict) else [("", value)])}


def _print_result(result: StudyResult, console: Console) -> None:
    if result.run is None:
        return
    from zukan.report.study import command  # noqa: PLC0415 after the slow part

    drawn = ", ".join(f"{field} {value:.3g}" if isinstance(value, float) else f"{field} {value}"
                      for field, value in result.best.fields.items())
    console.print(f"\nTrial {result.best.number} is the best: {drawn}")
    console.print("Trained again on all training items, and tested once:")
    for name, value in result.run.summary():
        console.print(f"  {name:<24}{value}")
    console.print(f"\nOpen  {result.path / 'index.html'}  in a browser; the best run is  {result.path / 'best'}")
    console.print(f"This trains it again:\n  {command(result.run, result.recipe)}")
