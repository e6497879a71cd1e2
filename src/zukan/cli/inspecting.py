"""Commands that only look: ``data``, ``parts``, ``presets``, ``compare``, ``evaluate`` and ``diagnose``."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from zukan import files
from zukan.cli import options
from zukan.cli.printing import make_console, print_comparison
from zukan.training import presets as presets_of_zukan
from zukan.training.inline import as_typed


def data(source: options.Data, /, *, out: options.OutIfGiven = None,
         reading: Annotated[options.ReadingOptions | None, Parameter(name="*")] = None) -> None:
    """Describe DATA before any training: items, classes, duplicates, files that cannot be read.

    Parameters
    ----------
    out
        A .png file for a contact sheet: images by class, or the distribution of each feature. [default:
        contact-sheet.png, if the working folder can be written]
    """
    from zukan import commands  # noqa: PLC0415

    console, sheet = make_console(), out or Path("contact-sheet.png")
    written = f"Wrote {sheet}. "

    def tell(name: str, value: str) -> None:
        console.print(f"  {name:<12}{value}")

    try:
        commands.data(source, out=sheet, log=console.print, tell=tell, **options.recipe_values(reading))
    except files.NotWritableError as error:
        if out is not None:
            raise
        tell("note", f"no contact sheet: {error}")
        written = ""
    console.print(f"\n{written}Then try\n  zukan train {shlex.quote(source)}{as_typed(reading)}")


def parts(*words: Annotated[str, Parameter(name="PART", help="A kind, such as prior, or a name, such as vamp.")],
          plugin: options.Plugins = None) -> None:
    """List the parts from which models are made; with PART, only these, and a single one in full.

    zukan parts lists all, zukan parts prior the priors, and zukan parts prior normal shows one.
    """
    from rich.table import Table  # noqa: PLC0415

    from zukan import commands  # noqa: PLC0415

    options.prepare(plugin)
    chosen, console = commands.parts(words), make_console()
    if len({part.name for part in chosen}) == 1:
        console.print("\n\n".join(f"{part.kind} {part.name}\n\n{part.documentation}\n\nzukan train {part.example}"
                                  for part in chosen))
        return
    table = Table("kind", "name", "what it is", "arguments", "paper", box=None, pad_edge=False)
    for part in chosen:
        table.add_row(part.kind, part.name, part.meaning, part.signature, part.paper)
    console.print(table)


def presets() -> None:
    """List the named recipes: for what, how they are trained, how long it takes, and what they reach."""
    from rich.table import Table  # noqa: PLC0415

    table = Table("preset", "for what, and what it is", "command", "time", "measured", box=None, pad_edge=False)
    for row in presets_of_zukan.rows():
        table.add_row(*row)
    make_console().print(table)


def compare(*runs: Annotated[Path, Parameter(
                name="RUNS", help="Run folders that zukan train wrote, or folders of them.")],
            out: options.OutIfGiven = None) -> None:
    """Compare finished RUNS: the recipe fields in which they differ, then their results.

    Parameters
    ----------
    out
        An .html file: a leaderboard with overlaid curves and links to the reports.
    """
    from zukan import commands  # noqa: PLC0415

    console = make_console()
    print_comparison(commands.compare(runs, out, log=console.print), console)
    if out is not None:
        console.print(str(out))


def evaluate(run: options.RunFolder, data: options.DataOrTestItems = None, /, *, out: options.OutIfGiven = None,
             draws: options.Whole = 5000, ais: options.Whole = 0, only: str | None = None,
             count: options.Whole | None = None, target: str | None = None,
             classifier: Path | None = None, seed: options.Seed = 0, plugin: options.Plugins = None) -> None:
    """Measure a RUN: bounds with standard errors, codes, classes, the map and, for a table, its synthetic rows.

    Parameters
    ----------
    out
        A .json file for all numbers. [default: evaluation.json in RUN, if the items are its test items]
    draws
        Draws of z per item for the importance-weighted bound.
    ais
        Number of items for annealed importance sampling, which checks that bound; 0 for none.
    only
        The sections to measure, such as bound,classes. [default: all]
    count
        For a table: number of rows to draw. [default: as many as the run was trained on]
    target
        For a table: the column that models predict from the others, after training on synthetic and on real rows.
        [default: the last one with levels, or else the last]
    classifier
        For images with labels: a run whose classifier compares real and generated ones. [default: RUN's own]
    """
    from zukan import commands  # noqa: PLC0415
    from zukan.cli.measures import print_evaluation  # noqa: PLC0415
    from zukan.runs import Run  # noqa: PLC0415

    options.prepare(plugin)
    console = make_console()
    names = None if only is None else [name.strip() for name in only.split(",")]
    result = commands.evaluate(run, data, out, draws=draws, ais=ais, only=names, count=count, target=target,
                               classifier=classifier, seed=seed, log=console.print)
    print_evaluation(result, console)
    if out is not None:
        console.print(str(out))
    elif data is None:
        console.print(f"{run / Run.EVALUATION}: zukan report {shlex.quote(str(run))} shows it")


def diagnose(run: options.RunFolder, /, *, out: options.OutIfGiven = None, items: options.Whole = 2000,
             samples: options.Whole = 100, seed: options.Seed = 0, plugin: options.Plugins = None) -> None:
    """Say why the output of RUN is blurry or wrong, with the evidence and what to change.

    Parameters
    ----------
    out
        A .json file for the findings.
    items
        Test items to look at, chosen at random.
    samples
        Draws of z for each of them.
    """
    from zukan import commands  # noqa: PLC0415
    from zukan.cli.measures import print_diagnosis  # noqa: PLC0415

    options.prepare(plugin)
    console = make_console()
    print_diagnosis(commands.diagnose(run, out, items=items, samples=samples, seed=seed, log=console.print), console)
    if out is not None:
        console.print(str(out))
