"""A run: one training, as a folder that can be resumed, compared and shared."""

from __future__ import annotations

import contextlib
import json
import sys
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from zukan import checks, files
from zukan.runs.lock import writing
from zukan.training.recipe import Recipe

if TYPE_CHECKING:
    from zukan.model import VAE

DATA = "data.npz"  # where arrays that came from memory are kept, so that the run can be trained again


class Run:
    """A run folder.

    Attributes
    ----------
    path : Path
        The folder: ``recipe.toml``, ``environment.json``, ``model.keras``, ``history.csv``, ``metrics.json``,
        ``figures/``, ``index.html``, ``checkpoints/``.
    recipe : Recipe
    """

    def __init__(self, path: Path, recipe: Recipe) -> None:
        self.path = path
        self.recipe = recipe

    def __repr__(self) -> str:
        return f"Run({str(self.path)!r})"

    @classmethod
    def open(cls, path: str | Path) -> Run:
        """Return the run in folder ``path``.

        Raises
        ------
        zukan.InputError
            When it is not the folder of a run.
        """
        path = Path(path)
        if not _is_run(path):
            what = "does not exist" if not path.exists() else "holds no recipe.toml" if path.is_dir() else "is a file"
            raise checks.InputError(
                f"run {str(path)!r} {what}, so it is not a run; give the folder that zukan train wrote")
        return cls(path, Recipe.read(path / "recipe.toml"))

    @classmethod
    def create(cls, path: str | Path, recipe: Recipe, environment: dict[str, Any], *, force: bool = False,
               arrays: dict[str, np.ndarray] | None = None) -> Run:
        """Make the folder, which appears whole; with ``force`` it takes the place of an earlier run.

        Raises
        ------
        zukan.InputError
            When something is at ``path`` already, or it cannot be written.
        """
        path = Path(path)
        cls.check_free(path, force=force)
        # Windows cannot remove a folder with an open file in it.
        replaced = writing(path) if _is_run(path) and sys.platform != "win32" else contextlib.nullcontext()
        with replaced, files.replacing_folder(path, force=force) as beside:
            files.write_text(beside / "recipe.toml", recipe.to_toml())
            files.write_text(beside / "environment.json", json.dumps(environment, indent=2) + "\n")
            if arrays is not None:
                with files.replacing(beside / DATA) as file:
                    np.savez(file, allow_pickle=False, **arrays)
        return cls(path, recipe)

    @staticmethod
    def check_free(path: str | Path, *, force: bool = False) -> None:
        """Raise `checks.InputError` when ``path`` is taken; ``force`` allows a run there, and nothing else."""
        path = Path(path)
        if not path.exists() or (path.is_dir() and not any(path.iterdir())):
            return
        if not _is_run(path):
            raise checks.InputError(
                f"out must be a new folder, or a run to replace, got {str(path)!r}, which is neither; choose another")
        if not force:
            raise checks.InputError(
                f"out must be a new folder, got {str(path)!r}, which holds a run; choose another, or add --force")
        with writing(path):
            pass  # no command is at it

    def file(self, name: str) -> Path:
        """Return the path of a file of the run."""
        return self.path / name

    @property
    def source(self) -> str:
        """Where the data is: as the recipe says, or the copy in the folder."""
        return str(self.path / DATA) if self.recipe.data == DATA else self.recipe.data

    @property
    def history(self) -> dict[str, np.ndarray]:
        """The terms by epoch, each an array with one entry an epoch; empty before the first epoch is done."""
        from zukan.training.history import read_history  # noqa: PLC0415 imports keras

        rows = read_history(self.file("history.csv"))
        return {name: np.array([row[name] for row in rows]) for name in (rows[0] if rows else ())}

    @property
    def metrics(self) -> dict[str, Any]:
        """The evaluation."""
        return self._json("metrics.json")

    @property
    def environment(self) -> dict[str, Any]:
        """What it was trained with."""
        return self._json("environment.json")

    @cached_property
    def model(self) -> VAE:
        """The trained model.

        Raises
        ------
        zukan.InputError
            When training has not finished, or the file cannot be read.
        """
        from zukan.model import load  # noqa: PLC0415 imports keras

        if not self.file("model.keras").exists():
            raise self._unfinished("model.keras")
        return load(self.file("model.keras"))

    def _unfinished(self, name: str) -> checks.InputError:
        return checks.InputError(f"run {str(self.path)!r} has no {name}, since it has not finished; "
                                 f"go on with  zukan resume {self.path}")

    def _json(self, name: str) -> dict[str, Any]:
        path = self.file(name)
        try:
            content: dict[str, Any] = json.loads(files.read_text(path))
            if not isinstance(content, dict):
                raise TypeError(f"it must hold an object, got {checks.show(content)}")
        except FileNotFoundError as error:
            raise self._unfinished(name) from error
        except (OSError, ValueError, TypeError, RecursionError) as error:
            fix = f"make it again with  zukan report {self.path}" if name == "metrics.json" else "restore it"
            raise checks.InputError(f"{str(path)!r} cannot be read: {error}; {fix}") from error
        return content


def _is_run(path: Path) -> bool:
    return (path / "recipe.toml").is_file()
