"""The commands. Heavy imports wait until a command runs, so that ``--help`` is quick."""

from __future__ import annotations

import shlex
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Parameter
from rich.console import Console

from zukan import __version__
from zukan.cli import options
from zukan.training.presets import PRESETS
from zukan.training.recipe import Recipe

if TYPE_CHECKING:
    from zukan.runs import Run

app = App(name="zukan", version=__version__, result_action="return_value",
          help="An illustrated atlas of the latent space of your images.",
          help_epilogue="A mistake ends in one line and exit code 2; --debug shows where it was found.")

Out = Annotated[Path, Parameter(name=["--out", "-o"])]


def _console() -> Console:
    # Where no terminal sets a width, nothing is cut off a table.
    return Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else 200)


@app.command
def train(data: str = Recipe.data, /, *, preset: str | None = None, out: Path | None = None, force: bool = False,
          tensorboard: bool = False, seeds: options.Whole | None = None, sweep: list[str] | None = None,
          overrides: Annotated[options.Overrides | None, Parameter(name="*")] = None) -> None:
    """Train a model on DATA, then write its atlas.

    Parameters
    ----------
    data
        A built-in name (mnist, fashion_mnist, cifar10, cifar100); a folder, zip or tar of images; a .npy, .npz, IDX,
        .csv, .tsv or .parquet file.
    preset
        A named recipe to start from; `zukan presets` lists them.
    out
        The run folder. [default: runs/NAME, with a number where that is taken]
    force
        Replace the run at --out.
    tensorboard
        Write event files for TensorBoard into the run folder.
    seeds
        Train so many models at once, with seeds from --seed on, each into a folder of its own within --out.
    sweep
        Train models at once for each of these values: beta=0.5,1,2,4 (or free_bits, or learning_rate).
    """
    from zukan import workflows  # noqa: PLC0415

    out = out or workflows.fresh(data)
    given = {"out": out, "preset": preset, "force": force, "tensorboard": tensorboard,
             **options.values(overrides or {})}
    if seeds is None and not sweep:
        _watched(lambda **shown: workflows.train(data, **given, **shown), lambda: [out])
        return
    swept = options.sweep(sweep or [])
    _watched(lambda **shown: workflows.train_many(data, seeds=seeds, sweep=swept, **given, **shown),
             lambda: sorted(path.parent for path in out.glob("*/recipe.toml")))


@app.command
def data(source: str, /, *, out: Out = Path("contact-sheet.png"),
         reading: Annotated[options.Reading | None, Parameter(name="*")] = None) -> None:
    """Show what would be read of DATA, before any training: counts, classes, duplicates, files that cannot be read.

    Parameters
    ----------
    source
        As for `zukan train`.
    out
        A file ending in .png for a contact sheet: items by class, or the spread of each feature.
    """
    from zukan.overview import overview  # noqa: PLC0415

    console = _console()
    for name, value in overview(source, out=out, tell=console.print, **(reading or {})):
        console.print(f"  {name:<12}{value}", markup=False)
    then = f"zukan train {shlex.quote(source)}{options.flags(reading or {})}"
    console.print(f"\nWrote {out}. Then try\n  {then}", markup=False)


@app.command
def resume(run: Path, /) -> None:
    """Go on with a RUN that was stopped, bit for bit as if it had not been.

    Parameters
    ----------
    run
        A folder that `zukan train` wrote.
    """
    from zukan import Run, workflows  # noqa: PLC0415

    if workflows.is_finished(Run.open(run)):
        _console().print(f"{run} is finished; nothing was left to do.")
        return
    _watched(lambda **shown: workflows.resume(run, **shown), lambda: [run])


@app.command
def report(run: Path, /) -> None:
    """Measure a trained RUN again and redraw its figures and index.html.

    Parameters
    ----------
    run
        A folder that `zukan train` wrote.
    """
    from zukan import workflows  # noqa: PLC0415

    console = _console()
    _finish(workflows.redraw(run, tell=console.print), console)


@app.command
def encode(run: Path, data: str, /, *, out: Out, sample: bool = False, seed: options.Whole = 0) -> None:
    """Write the codes of DATA, a row an item in the order of the data.

    Parameters
    ----------
    run
        A folder that `zukan train` wrote.
    data
        As for `zukan train`; of a set with two splits, the training items come first.
    out
        A file ending in .npz, .csv or .parquet.
    sample
        Draw from the posterior instead of taking its mean.
    seed
        For the draw.
    """
    from zukan import workflows  # noqa: PLC0415

    shape = workflows.encode(run, data, out, sample=sample, seed=seed)
    _console().print(f"{out}: {shape[0]:,} codes of {shape[1]} dimensions")


@app.command
def reconstruct(run: Path, data: str | None = None, /, *, out: Out = Path("reconstructions.png"),
                count: options.Whole = 10, seed: options.Whole = 0) -> None:
    """Draw items beside their reconstructions, through the mean and through a sample.

    Parameters
    ----------
    run
        A folder that `zukan train` wrote.
    data
        As for `zukan train`. [default: the run's own test items]
    out
        A file ending in .png, .gif for one item after the other, or .csv, .npz or .parquet for numbers in the units of
        the data.
    count
        How many items, from the first.
    seed
        For the sample.
    """
    from zukan import workflows  # noqa: PLC0415

    workflows.reconstruct(run, data, out, count=count, seed=seed)
    _console().print(str(out))


@app.command
def sample(run: Path, /, *, out: Out = Path("samples.png"), count: options.Whole = 64, seed: options.Whole = 0) -> None:
    """Draw new items from the prior.

    Parameters
    ----------
    run
        A folder that `zukan train` wrote.
    out
        A file ending in .png, .gif for one item after the other, or .csv, .npz or .parquet for numbers in the units of
        the data.
    count
        How many items.
    seed
        For the draw.
    """
    from zukan import workflows  # noqa: PLC0415

    workflows.sample(run, out, count=count, seed=seed)
    _console().print(str(out))


@app.command
def interpolate(run: Path, first: int, second: int, data: str | None = None, /, *, out: Out = Path("morph.gif"),
                steps: options.Whole = 21) -> None:
    """Morph one item into another along a straight line between their codes.

    Parameters
    ----------
    run
        A folder that `zukan train` wrote.
    first
        Number of the first item, counted from 0.
    second
        Number of the second item.
    data
        As for `zukan train`. [default: the run's own test items]
    out
        A file ending in .gif, .png for a strip, or .csv, .npz or .parquet for numbers in the units of the data.
    steps
        How many images, both ends included.
    """
    from zukan import workflows  # noqa: PLC0415

    workflows.interpolate(run, first, second, data, out, steps=steps)
    _console().print(str(out))


@app.command
def score(run: Path, data: str, /, *, out: Out = Path("scores.csv"), picture: Path | None = None,
          quantile: float = 0.99, samples: options.Whole = 32, count: options.Whole = 10,
          seed: options.Whole = 0) -> None:
    """Score how strange each item of DATA is, against a threshold from the items that RUN held out.

    Parameters
    ----------
    run
        A folder that `zukan train` wrote.
    data
        As for `zukan train`.
    out
        A file ending in .csv, .npz or .parquet: a row an item, with its score in nats, its p-value, and whether it lies
        above the threshold.
    picture
        A .png of the strangest items, and of where they are strange.
    quantile
        The share of the held-out items below the threshold: 0.99 raises one false alarm in a hundred.
    samples
        Draws for the importance-weighted bound; 1 for minus the ELBO.
    count
        How many items are listed and drawn.
    seed
        For the draws.
    """
    from zukan.scoring import score as scored  # noqa: PLC0415

    console = _console()
    found = scored(run, data, out, picture=picture, quantile=quantile, samples=samples, count=count, seed=seed,
                   tell=console.print)
    above = int(found.above.sum())
    console.print(f"{out}: {len(found.scores):,} scores, {above:,} above the threshold of {found.threshold:.1f} nats "
                  f"(a new item of the same kind lies above it in at most {1 - quantile:.3g} of cases)")
    for item in found.strangest[:count]:
        console.print(f"  item {item:<8}{found.scores[item]:10.1f} nats   p = {found.p_values[item]:.4f}")


@app.command
def export(run: Path, /, *, out: Out) -> None:
    """Write the networks of RUN as ONNX files, encoder.onnx and decoder.onnx, and compare them with Keras.

    Parameters
    ----------
    run
        A folder that `zukan train` wrote.
    out
        A folder, made if need be.
    """
    from zukan import workflows  # noqa: PLC0415
    from zukan.export import comparison  # noqa: PLC0415

    for name, error in workflows.export(run, out).items():
        _console().print(f"{out / name}: {comparison(error)}")


@app.command
def explore(run: Path, /, *, export: Path | None = None, port: options.Whole = 0, browser: bool = True) -> None:
    """Walk through the latent space of RUN in a browser.

    Parameters
    ----------
    run
        A folder that `zukan train` wrote.
    export
        Write the page to this new folder, for any web host and without Python, instead of serving it here.
    port
        Where to serve on this machine; 0 for any that is free.
    browser
        Open the page in the browser.
    """
    from zukan import workflows  # noqa: PLC0415

    console = _console()
    workflows.explore(run, export=export, port=port, browser=browser, tell=console.print)
    console.print(f"Wrote {export}: index.html and all it needs, for any web server" if export else "Stopped.")


@app.command
def presets() -> None:
    """List the named recipes and what they reached."""
    from rich.table import Table  # noqa: PLC0415

    table = Table("preset", "what it is", "measured, seed 0", box=None, pad_edge=False)
    for name, preset in PRESETS.items():
        table.add_row(name, preset.about, preset.measured)
    _console().print(table)


@app.command
def compare(*runs: Path) -> None:
    """Print finished RUNS side by side: in what their recipes differ, and what they reached.

    Parameters
    ----------
    runs
        Folders that `zukan train` wrote.
    """
    from zukan import Run  # noqa: PLC0415

    _compare([Run.open(run) for run in runs], _console())


def _compare(runs: list[Run], console: Console) -> None:
    from rich.table import Table  # noqa: PLC0415

    from zukan.runs.compare import compare as beside  # noqa: PLC0415

    head, rows = beside(runs)
    table = Table(box=None, pad_edge=False)
    for name in head:
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*row)
    console.print(table)


def _watched(start: Any, folders: Any) -> None:
    """Run a training with its progress shown, and say what came of it; ``folders()`` are those it writes."""
    from zukan.cli.progress import Training  # noqa: PLC0415 imports keras
    from zukan.training import checkpoints  # noqa: PLC0415

    console = _console()
    progress = Training(console)
    try:
        made = start(callbacks=[progress], tell=console.print)
    except KeyboardInterrupt:
        for folder in folders():
            if (folder / "recipe.toml").exists():
                done = checkpoints.done(folder / "checkpoints")
                console.print(f"Stopped. {done} whole epochs are saved; go on with  zukan resume {folder}")
        raise
    finally:
        with suppress(Exception):
            progress.close()
    if isinstance(made, list):
        console.print()
        _compare(made, console)
        console.print(f"\nEach run has its atlas, such as  {made[0].path / 'index.html'}")
    else:
        _finish(made, console)


def _finish(run: Run, console: Console) -> None:
    """Print what was written, the headline numbers, the warnings and what to try next."""
    from zukan import workflows  # noqa: PLC0415

    console.print()
    for name, value in workflows.summary(run):
        console.print(f"  {name:<24}{value}")
    for warning in run.metrics["warnings"]:
        console.print(f"  note: {warning}")
    console.print(f"\nWrote {run.path}: index.html (the atlas), figures/, model.keras, history.csv, metrics.json")
    console.print(f"Open  {run.path / 'index.html'}  in a browser. Then try")
    console.print(f"  zukan explore {run.path}")
    console.print(f"  zukan interpolate {run.path} 0 1 -o morph.gif")
