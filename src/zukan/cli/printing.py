"""What commands print: the console, the result of a training, a comparison of runs."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.text import Text

from zukan import checks, processes

if TYPE_CHECKING:
    from zukan.report.comparison import Comparison
    from zukan.runs import Run


class _Literal(Console):
    """A console that prints text literally: names and paths are never markup or commands for the terminal."""

    def render_str(self, text: str, **options: Any) -> Text:
        return super().render_str(checks.printable(text), **options)


def make_console() -> Console:
    """Return a console for standard output; of several processes, only the first prints."""
    width = None if sys.stdout.isatty() else 200  # without a terminal, the default width would cut tables off
    return _Literal(highlight=False, soft_wrap=True, width=width, markup=False, emoji=False,
                    quiet=not processes.current().is_first)


def print_result(run: Run, console: Console) -> None:
    """Print the most important numbers of a finished run, its warnings, its files, and what to do next."""
    if console.quiet:
        return
    console.print()
    for name, value in run.summary():
        console.print(f"  {name:<24}{value}")
    for finding in run.metrics["diagnosis"]:
        if finding["severity"] != "fine":
            console.print(f"  {finding['severity']}: {finding['what']} {finding['change']}")
    console.print(f"\nWrote {run.path}: index.html (the atlas), figures/, model.keras, history.csv, metrics.json")
    console.print(f"Open  {run.file(run.REPORT)}  in a browser. Then try")
    folder = shlex.quote(str(run.path))
    console.print(f"  zukan explore {folder}")
    console.print(f"  zukan interpolate {folder} -o morph.gif")


def print_comparison(comparison: Comparison, console: Console) -> None:
    """Print what the recipes of finished runs differ in, then their results; runs on different data stand apart."""
    if console.quiet:
        return
    from zukan.report.comparison import MISSING  # noqa: PLC0415 imports Matplotlib

    columns, results = comparison.results
    for name, numbers in comparison.groups.items():
        if len(comparison.groups) > 1:
            console.print(f"\n{name}")
        differing = comparison.differing_in(numbers)
        recipes = {i: comparison.values(comparison.runs[i], differing) for i in numbers}
        if differing:
            _print_rows(comparison.names, differing, recipes, console)
        used = [at for at in range(len(columns)) if any(results[i][at] != MISSING for i in numbers)]
        _print_rows(comparison.names, [columns[at] for at in used],
                    {i: [results[i][at] for at in used] for i in numbers}, console)


def _print_rows(names: Sequence[str], heads: Sequence[str], rows: Mapping[int, Sequence[str]],
                console: Console) -> None:
    """Print a table; columns for which the line has no room follow in a table below it."""
    from rich.cells import cell_len  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    columns = [(head, [row[at] for row in rows.values()]) for at, head in enumerate(heads)]
    widths = [max(map(cell_len, (head, *texts))) for head, texts in columns]
    first = max(map(cell_len, ("run", *(names[i] for i in rows))))
    while columns:
        count = max(1, sum(first + sum(widths[:n]) + 2 * n <= console.width for n in range(1, len(columns) + 1)))
        table = Table(box=None, pad_edge=False)
        table.add_column("run", overflow="fold")
        for head, _ in columns[:count]:
            table.add_column(head, overflow="fold")
        for i, *row in zip(rows, *(texts for _, texts in columns[:count]), strict=True):
            table.add_row(names[i], *row)
        console.print(table)
        console.print()
        columns, widths = columns[count:], widths[count:]
