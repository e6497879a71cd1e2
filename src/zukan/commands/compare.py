"""Compare runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from zukan import checks
from zukan.report.comparison import Comparison, order
from zukan.runs import Run


def compare(runs: Run | str | Path | Sequence[Run | str | Path], out: str | Path | None = None, *,
            log: Callable[[str], None] = lambda _: None) -> Comparison:
    """Compare finished runs: the recipe fields in which they differ, their results in nats, and their curves.

    Parameters
    ----------
    runs : Run or path, or sequence of them
        A folder that is not a run stands for all finished runs in it, which are sorted by −ELBO.
    out : path, optional
        An ``.html`` file: a leaderboard with overlaid curves and links to the reports of the runs.
    log : callable
        Called with a line of text about runs that are left out.

    Returns
    -------
    Comparison
        ``differing`` and ``recipes``, what the recipes differ in; ``results``, the columns and a row of texts for each
        run; ``figure()``, the curves; ``save(path)``. Notebooks display it as a page.

    Raises
    ------
    zukan.InputError
        If the folders hold no run, or a run that you name is not finished.
    """
    if out is not None:
        checks.choice("the ending of the output file", Path(out).suffix.lower(), (".html",))
    chosen: dict[Path, Run] = {}
    for item in [runs] if isinstance(runs, (Run, str, Path)) else runs:
        for run in _runs(item, log):
            chosen.setdefault(run.path.resolve(), run)
    if not chosen:
        raise checks.InputError("runs must be folders that `zukan train` wrote, or a folder of them, got none; train "
                                "a model first")
    comparison = Comparison(list(chosen.values()))
    if out is not None:
        comparison.save(out)
    return comparison


def _runs(item: Run | str | Path, log: Callable[[str], None]) -> Iterable[Run]:
    """Return a run, or the finished runs of a folder; raise `zukan.InputError` if the run itself has no results."""
    path = item.path if isinstance(item, Run) else Path(item)
    if isinstance(item, Run) or Run.exists(path) or not path.is_dir():
        finished = [item if isinstance(item, Run) else Run.open(path)]
    else:
        every = [Run.open(recipe.parent) for recipe in sorted(path.rglob(Run.RECIPE))]
        finished = [run for run in every if run.is_finished]
        if len(finished) < len(every):
            log(f"{checks.plural(len(every) - len(finished), 'run')} in {path} not finished, left out")
    return sorted(finished, key=order)
