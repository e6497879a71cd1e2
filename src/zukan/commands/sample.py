"""Draw or write new items."""

from __future__ import annotations

from pathlib import Path

from zukan import checks, plots
from zukan.commands import output
from zukan.runs import Run


def sample(path: str | Path, out: str | Path, *, count: int = 64, seed: int = 0) -> None:
    """Decode samples of the prior, and draw them or write them to a table.

    Parameters
    ----------
    path : path
        The run folder.
    out : path
        A picture (``.png``, ``.gif``), or a table (``.csv``, ``.npz``, ``.parquet``) in the units of the data.
    count : int
        Number of items.
    seed : int
        Seed of the samples.
    """
    out = Path(out)
    run = Run.open(path)
    output.check_ending(out, output.TABLES + output.PICTURES)
    x = run.model.sample(checks.integer("count", count), seed=seed)
    output.write_items(out, run, x, picture=lambda: plots.samples(x), animation=lambda: plots.gif(x))
