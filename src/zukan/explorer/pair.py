"""Two runs on the same items: the files of a page that shows both maps side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from zukan import checks
from zukan.data import Dataset
from zukan.explorer import bundle
from zukan.explorer.item_columns import ItemColumn
from zukan.runs import Run

FOLDER = "compare"  # of the second bundle, inside the first


def check_same(runs: tuple[Run, Run], data: tuple[Dataset, Dataset]) -> None:
    """Raise `InputError` unless both runs were trained on the same data; their splits may differ."""
    first, second = (str(each.provenance["sha256"]) for each in data)
    if first != second:
        paths = [str(run.path) for run in runs]
        raise checks.InputError(
            f"the runs to compare must be of the same data, got {paths[0]!r} on {runs[0].source!r} (sha256 "
            f"{first[:12]}…) and {paths[1]!r} on {runs[1].source!r} (sha256 {second[:12]}…); choose two runs on the "
            "same data, or train one again")


def names(runs: tuple[Run, Run]) -> tuple[str, str]:
    """Return what the page calls the runs: the names of their folders or, if these are equal, their paths."""
    first, second = (run.path.resolve() for run in runs)
    return (first.name, second.name) if first.name != second.name else (str(first), str(second))


def write(runs: tuple[Run, Run], data: tuple[Dataset, Dataset], folder: Path,
          log: Callable[[str], None] = lambda _: None,
          extra: tuple[Sequence[ItemColumn], Sequence[ItemColumn]] = ((), ())) -> None:
    """Write the bundle of the first run into ``folder``, and the second one's into a folder inside it.

    Parameters
    ----------
    runs : two of Run
    data : two of Dataset
        The data of the runs.
    folder : Path
    log : callable
        Called with a line of text when a stage begins.
    extra : two sequences of ItemColumn
        Columns of the items that the models do not see.

    Raises
    ------
    zukan.InputError
        If the runs were trained on different data, or for the reasons of `bundle.write`.
    """
    check_same(runs, data)
    first, second = names(runs)
    bundle.write(runs[0], data[0], folder, log, extra[0], title=first, compare=True)
    bundle.write(runs[1], data[1], folder / FOLDER, log, extra[1], title=second)
