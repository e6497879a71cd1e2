"""A run: one training, as a folder that can be resumed, compared and shared."""

from __future__ import annotations

import contextlib
import json
import os
import shlex
import sys
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from zukan import checks, files, plugins
from zukan.runs.lock import locked
from zukan.training.recipe import Recipe

if TYPE_CHECKING:
    from zukan.model import VAE


class Run:
    """A run folder.

    The constants are the names of its files; `file` returns their paths.

    Attributes
    ----------
    path : Path
        The folder.
    recipe : Recipe
    """

    RECIPE = "recipe.toml"
    ENVIRONMENT = "environment.json"
    DATA = "data.npz"  # a copy of arrays that were passed from memory
    CHECKPOINTS = "checkpoints"
    TENSORBOARD = "tensorboard"
    HISTORY = "history.csv"
    MODEL = "model.keras"
    METRICS = "metrics.json"
    FIGURES = "figures"
    REPORT = "index.html"  # written last, when all other files are complete

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
            If the folder is not a run.
        """
        path = Path(path)
        if not cls.exists(path):
            reason = "holds no recipe.toml" if path.is_dir() else "is a file" if path.exists() else "does not exist"
            raise checks.InputError(
                f"run {str(path)!r} {reason}, so it is not a run; give a folder that zukan train wrote")
        return cls(path, Recipe.read(path / cls.RECIPE))

    @classmethod
    def create(cls, path: str | Path, recipe: Recipe, environment: dict[str, Any], *, force: bool = False,
               arrays: dict[str, np.ndarray] | None = None) -> Run:
        """Create the folder with its recipe and environment; it appears complete or not at all.

        Parameters
        ----------
        path : path
        recipe : Recipe
        environment : dict
            The content of ``environment.json``, as `zukan.runs.environment.record` returns it.
        force : bool
            Replace a run at ``path``.
        arrays : dict of array, optional
            Data from memory, to store as ``data.npz``.

        Raises
        ------
        zukan.InputError
            If ``path`` is not free, or cannot be written.
        """
        path = Path(path)
        cls.check_free(path, force=force)
        # On Windows, a folder with an open lock file in it cannot be removed.
        lock = locked(path) if cls.exists(path) and sys.platform != "win32" else contextlib.nullcontext()
        with lock, files.replacing_folder(path, force=force) as folder:
            files.write_text(folder / cls.RECIPE, recipe.to_toml())
            files.write_text(folder / cls.ENVIRONMENT, json.dumps(environment, indent=2) + "\n")
            if arrays is not None:
                with files.replacing(folder / cls.DATA) as file:
                    np.savez(file, allow_pickle=False, **arrays)
        return cls(path, recipe)

    @classmethod
    def exists(cls, path: Path) -> bool:
        """Return whether folder ``path`` is a run."""
        return (path / cls.RECIPE).is_file()

    @classmethod
    def check_free(cls, path: str | Path, *, force: bool = False) -> None:
        """Raise `InputError` unless ``path`` is new, an empty folder or, with ``force``, a run that is not in use."""
        path = Path(path)
        if not path.exists() or (path.is_dir() and not any(path.iterdir())):
            return
        if not cls.exists(path):
            raise checks.InputError(
                f"out must be a new folder, or a run to replace, got {str(path)!r}, which is neither; choose another")
        if not force:
            raise checks.InputError(
                f"out must be a new folder, got {str(path)!r}, which holds a run; choose another, or add --force")
        with locked(path):
            pass

    @staticmethod
    def default_path(data: Any) -> Path:
        """Return the default folder of a new run: the first of ``runs/NAME``, ``runs/NAME-2``, … that is new."""
        # Without symbolic links resolved: a link has a name of its own, but ".." has none.
        name = (Path(os.path.abspath(data)).stem if isinstance(data, (str, Path)) else "arrays") or "run"  # noqa: PTH100
        number, path = 1, Path("runs") / name
        while path.exists():
            number += 1
            path = Path("runs") / f"{name}-{number}"
        return path

    @property
    def is_finished(self) -> bool:
        """Whether training, evaluation and report are complete."""
        return self.file(self.REPORT).exists()

    def file(self, name: str) -> Path:
        """Return the path of one of the run's files."""
        return self.path / name

    @property
    def source(self) -> str:
        """The data source: a built-in name or a path."""
        return str(self.file(self.DATA)) if self.recipe.data == self.DATA else self.recipe.data

    @property
    def history(self) -> dict[str, np.ndarray]:
        """The logged terms by name, each an array with one value per epoch; empty before the first epoch is done."""
        from zukan.training.history import read_history  # noqa: PLC0415 imports keras

        rows = read_history(self.file(self.HISTORY))
        return {name: np.array([row[name] for row in rows]) for name in (rows[0] if rows else ())}

    @property
    def metrics(self) -> dict[str, Any]:
        """The evaluation: the content of ``metrics.json``."""
        return self._json(self.METRICS)

    @property
    def environment(self) -> dict[str, Any]:
        """Package versions, devices and a description of the data: the content of ``environment.json``."""
        return self._json(self.ENVIRONMENT)

    @cached_property
    def model(self) -> VAE:
        """The trained model.

        Raises
        ------
        zukan.InputError
            If training has not finished, or the file cannot be read.
        """
        from zukan.model import load  # noqa: PLC0415 imports keras

        if not self.file(self.MODEL).exists():
            raise self._unfinished(self.MODEL)
        with self.needing_plugins():
            return load(self.file(self.MODEL))

    @contextlib.contextmanager
    def needing_plugins(self) -> Iterator[None]:
        """Name the plugins that the training had and that are not imported now, if the block raises `InputError`."""
        try:
            yield
        except checks.InputError as error:
            names = self.environment.get("plugins")
            needed = [name for name in names if name not in plugins.loaded()] if isinstance(names, list) else []
            if not needed:
                raise
            raise checks.InputError(
                f"run {str(self.path)!r} needs its plugin {checks.listed(needed)}, which is not imported ({error}); "
                f"add --plugin with the path of that file, or install that package") from error

    def save_model(self, vae: VAE) -> None:
        """Write ``model.keras``."""
        with files.replacing(self.file(self.MODEL)) as file:
            vae.save(file)

    def summary(self) -> list[tuple[str, str]]:
        """Return the most important numbers of a finished run as (name, value) pairs."""
        metrics = self.metrics
        test, latent, classes = metrics["test"], metrics["latent"], metrics.get("classes")
        error = f"{test['reconstruction']:.1f}"
        rows = [("test reconstruction", f"{error} nats per item")]
        if "elbo" in test:
            terms = f"reconstruction {error}, KL {test['kl']:.1f}"
            rows = [("test −ELBO", f"{-test['elbo']:.1f} nats per item ({terms})")]
        if "epochs" in metrics:
            rows.append(("best epoch", f"{metrics['epochs']['best']} of {metrics['epochs']['trained']}"))
        if "active_units" in latent:
            rows.append(("active units", f"{latent['active_units']} of {len(latent['variables'])}"))
        if classes is not None:
            names = classes["names"]
            rows.append((f"{classes['neighbors']}-NN accuracy", f"{classes['knn_accuracy']:.3f}"))
            pairs = [pair for pair in classes["overlaps"][:3] if pair["share"] > 0]
            if pairs:
                rows.append(("largest overlaps", ", ".join(f"{names[p['a']]}–{names[p['b']]}" for p in pairs)))
        return rows

    def _unfinished(self, name: str) -> checks.InputError:
        return checks.InputError(f"run {str(self.path)!r} has no {name}, since it has not finished; "
                                 f"continue with  zukan resume {shlex.quote(str(self.path))}")

    def _json(self, name: str) -> dict[str, Any]:
        path = self.file(name)
        try:
            content: dict[str, Any] = json.loads(files.read_text(path))
            if not isinstance(content, dict):
                raise TypeError(f"it must hold an object, got {checks.show(content)}")
        except FileNotFoundError as error:
            raise self._unfinished(name) from error
        except (OSError, ValueError, TypeError, RecursionError) as error:
            command = f"zukan report {shlex.quote(str(self.path))}"
            fix = f"write it again with  {command}" if name == self.METRICS else "restore it"
            raise checks.InputError(f"{str(path)!r} cannot be read: {error}; {fix}") from error
        return content
