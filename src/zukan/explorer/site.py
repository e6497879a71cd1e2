"""The explorer as a folder: the page and the files that it reads."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from zukan import checks, files
from zukan.data import Dataset
from zukan.explorer import bundle, pair
from zukan.explorer.item_columns import ItemColumn
from zukan.runs import Run

PAGE = Path(__file__).with_name("page")


def check_page() -> None:
    """Raise `InputError` if this installation does not contain the page, as in a checkout without a build."""
    if not (PAGE / "index.html").is_file():
        raise checks.InputError(
            "the explorer's page is missing from this installation of zukan; install a released zukan, or build the "
            "page in a checkout with  npm --prefix web ci && npm --prefix web run build")


def check_free(folder: Path) -> None:
    """Raise `InputError` unless ``folder`` is new or empty, so that no other file is overwritten."""
    if folder.is_dir() and not any(folder.iterdir()):
        return
    if folder.exists() or folder.is_symlink():
        problem = "which is not empty" if folder.is_dir() else "which is a file"
        raise checks.InputError(
            f"export must be a new or empty folder, got {str(folder)!r}, {problem}; choose another, or empty it")


def build(run: Run, dataset: Dataset, folder: Path, log: Callable[[str], None] = lambda _: None,
          extra: Sequence[ItemColumn] = (), *, other: tuple[Run, Dataset, Sequence[ItemColumn]] | None = None) -> None:
    """Write the explorer of ``run`` to ``folder``, which must be new or empty; after an error nothing is left there.

    Parameters
    ----------
    run : Run
    dataset : Dataset
        The data of the run.
    folder : Path
    log : callable
        Called with a line of text when a stage begins.
    extra : sequence of ItemColumn
        Columns of the items that the model does not see.
    other : (Run, Dataset, sequence of ItemColumn), optional
        Another run on the same data, which the page shows beside the first.

    Raises
    ------
    zukan.InputError
        If the installation does not contain the page, or for the reasons of `bundle.write` or `pair.write`.
    """
    check_page()
    check_free(folder)
    with files.replacing_folder(folder) as temporary:
        shutil.copytree(PAGE, temporary, dirs_exist_ok=True)
        if other is None:
            bundle.write(run, dataset, temporary, log, extra)
        else:
            pair.write((run, other[0]), (dataset, other[1]), temporary, log, (extra, other[2]))


def listing(folder: Path) -> dict[str, Path]:
    """Return all files below ``folder`` by relative path, for example ``data/means.f32``, without symbolic links."""
    paths = (Path(top) / name for top, _, names in os.walk(folder) for name in names)
    return {path.relative_to(folder).as_posix(): path for path in paths if path.is_file() and not path.is_symlink()}
