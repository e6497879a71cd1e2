"""Commands that only look: ``data``, ``presets`` and ``compare``."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from zukan.cli import options
from zukan.cli.printing import make_console, print_comparison
from zukan.training.presets import PRESETS


def data(source: options.Data, /, *, out: options.Out = Path("contact-sheet.png"),
         reading: Annotated[options.ReadingOptions | None, Parameter(name="*")] = None) -> None:
    """Describe DATA before any training: items, classes, duplicates, files that cannot be read.

    Parameters
    ----------
    out
        A .png file for a contact sheet: images by class, or the distribution of each feature.
    """
    from zukan import commands  # noqa: PLC0415

    console = make_console()
    for name, value in commands.data(source, out=out, log=console.print, **options.recipe_values(reading)):
        console.print(f"  {name:<12}{value}", markup=False)
    command = f"zukan train {shlex.quote(source)}{options.as_typed(reading)}"
    console.print(f"\nWrote {out}. Then try\n  {command}", markup=False)


def presets() -> None:
    """List the named recipes and their results on MNIST."""
    from rich.table import Table  # noqa: PLC0415

    table = Table("preset", "description", "measured with seed 0", box=None, pad_edge=False)
    for name, preset in PRESETS.items():
        table.add_row(name, preset.about, preset.measured)
    make_console().print(table)


def compare(*runs: Annotated[Path, Parameter(name="RUNS", help="Run folders that zukan train wrote.")]) -> None:
    """Compare finished RUNS: the recipe fields in which they differ, and their results."""
    from zukan.runs import Run  # noqa: PLC0415

    print_comparison([Run.open(run) for run in runs], make_console())
