"""Commands that train: ``train`` and ``resume``."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter
from rich.console import Console

from zukan.cli import options
from zukan.cli.printing import print_comparison, print_result
from zukan.training.recipe import Recipe

if TYPE_CHECKING:
    from zukan.cli.progress import TrainingProgress


def train(data: options.Data = Recipe.data, /, *, preset: str | None = None, out: Path | None = None,
          force: bool = False, track: str = "", seeds: options.Whole | None = None,
          sweep: list[str] | None = None, devices: options.Devices = None, plugin: options.Plugins = None,
          group: options.Processes = None,
          recipe: Annotated[options.RecipeOptions | None, Parameter(name="*")] = None) -> None:
    """Train a model on DATA and write its atlas.

    Parameters
    ----------
    preset
        Named recipe to start from; zukan presets lists them. auto is the one that the data suggests, as without
        --preset, unless you choose a part of the model.
    out
        The run folder. [default: runs/NAME, with a number if that exists]
    force
        Replace the run at --out.
    track
        Also write the training to tensorboard, mlflow or wandb; separate several by commas.
    seeds
        Train this number of models together, with the seeds --seed, --seed + 1, …; each gets its own folder in --out.
    sweep
        Train one model for each value, together: beta=0.5,1,2,4 (or free_bits, learning_rate, or a number of a
        part: objective.gamma=1,5).
    """
    from zukan import commands  # noqa: PLC0415
    from zukan.runs import Run  # noqa: PLC0415

    with options.together(group, plugin) as console:
        folder, values = out or Run.default_path(data), options.recipe_values(recipe)
        if seeds is None and not sweep:
            with _shown(console, lambda: [folder]) as progress:
                run = commands.train(data, out=folder, preset=preset, force=force, track=track,
                                     devices=devices, callbacks=[progress], log=console.print, **values)
            print_result(run, console)
            return
        with _shown(console, lambda: sorted(path for path in folder.glob("*") if Run.exists(path))) as progress:
            runs = commands.train_many(data, seeds=seeds, sweep=options.parse_sweep(sweep or []), out=folder,
                                       preset=preset, force=force, track=track, devices=devices or "all",
                                       callbacks=[progress], log=console.print, **values)
        console.print()
        print_comparison(commands.compare(runs), console)
        console.print(f"\nEach run has its atlas; the first is  {runs[0].file(Run.REPORT)}")


def resume(run: options.RunFolder, /, *, devices: options.Devices = None, plugin: options.Plugins = None,
           group: options.Processes = None) -> None:
    """Continue a RUN that was stopped; the result is identical to an uninterrupted run, bit for bit."""
    from zukan import commands  # noqa: PLC0415
    from zukan.runs import Run  # noqa: PLC0415

    with options.together(group, plugin) as console:
        if Run.open(run).is_finished:
            console.print(f"{run} is finished; there is nothing left to do.")
            return
        with _shown(console, lambda: [run]) as progress:
            resumed = commands.resume(run, devices=devices, callbacks=[progress], log=console.print)
        print_result(resumed, console)


@contextmanager
def _shown(console: Console, folders: Callable[[], Iterable[Path]]) -> Iterator[TrainingProgress]:
    """Show the progress of a training; after Ctrl-C, print how to continue the runs in ``folders()``."""
    from zukan.cli.progress import TrainingProgress  # noqa: PLC0415 imports keras
    from zukan.runs import Run  # noqa: PLC0415
    from zukan.training import checkpoints  # noqa: PLC0415

    progress = TrainingProgress(console)
    try:
        yield progress
    except KeyboardInterrupt:
        for folder in folders():
            if Run.exists(folder):
                done = checkpoints.done(folder / Run.CHECKPOINTS)
                console.print(f"Stopped. {done} complete epochs are saved; continue with  zukan resume "
                              f"{shlex.quote(str(folder))}")
        raise
    finally:
        with suppress(Exception):
            progress.close()
