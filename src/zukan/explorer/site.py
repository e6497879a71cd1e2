"""The whole folder: the page from the package, and beside it what the page reads."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from zukan import checks, files
from zukan.data import Dataset
from zukan.explorer import bundle
from zukan.runs import Run

PAGE = Path(__file__).with_name("page")


def check_page() -> None:
    """Raise `checks.InputError` when the package lacks the page: a checkout in which it was not built."""
    if not (PAGE / "index.html").is_file():
        raise checks.InputError(
            "the explorer's page is missing from this installation of zukan; install a released zukan, or build the "
            "page in a checkout with  npm --prefix web ci && npm --prefix web run build")


def check_free(folder: Path) -> None:
    """Raise `checks.InputError` unless ``folder`` is new or empty: what is in it might be anything."""
    if folder.is_dir() and not any(folder.iterdir()):
        return
    if folder.exists() or folder.is_symlink():
        what = "which is not empty" if folder.is_dir() else "which is a file"
        raise checks.InputError(
            f"export must be a new or empty folder, got {str(folder)!r}, {what}; choose another, or empty it")


def build(run: Run, dataset: Dataset, folder: Path, tell: Callable[[str], None] = lambda _: None) -> None:
    """Make ``folder``, new or empty, the explorer of ``run``: it appears whole, or not at all.

    Parameters
    ----------
    run : Run
    dataset : Dataset
        The run's own.
    folder : Path
    tell : callable
        Called with a line of text as each stage begins.

    Raises
    ------
    zukan.InputError
        When the package lacks the page, or for what `bundle.write` refuses.
    """
    check_page()
    check_free(folder)
    with files.replacing_folder(folder) as beside:
        shutil.copytree(PAGE, beside, dirs_exist_ok=True)
        bundle.write(run, dataset, beside, tell)


def listing(folder: Path) -> dict[str, Path]:
    """Return the files below ``folder`` by path, as ``data/means.f32``: nothing that a link leads to."""
    return {found.relative_to(folder).as_posix(): found
            for top, _, names in os.walk(folder) for found in (Path(top) / name for name in names)
            if found.is_file() and not found.is_symlink()}
