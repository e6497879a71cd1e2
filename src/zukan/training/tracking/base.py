"""The base class of trackers."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import keras

from zukan import checks, files
from zukan.training.recipe import Recipe

FILE = "tracking.json"  # in the run folder: the trackers of the run by name, and what each needs to go on after a stop


class Tracker(keras.callbacks.Callback, ABC):
    """A callback that writes a training to the store of another program.

    Parameters
    ----------
    folder : Path
        The run folder.
    recipe : Recipe

    Raises
    ------
    zukan.InputError
        If its package is not installed.
    """

    only_reads = True  # see `zukan.compiled.CompiledEpochs`
    name: ClassVar[str]

    def __init__(self, folder: Path, recipe: Recipe) -> None:
        super().__init__()
        self.folder = folder
        self.recipe = recipe
        self.package = self.load()

    @classmethod
    @abstractmethod
    def load(cls) -> Any:
        """Import and return what the tracker uses; raise `zukan.InputError` if it is not installed."""

    @abstractmethod
    def start(self, state: dict[str, str]) -> dict[str, str]:
        """Begin, or go on with the ``state`` of a training that was stopped; return the state to store."""

    @abstractmethod
    def write(self, epoch: int, terms: Mapping[str, float]) -> None:
        """Write the terms of an epoch; validation terms have the prefix ``val_``."""

    @abstractmethod
    def publish(self, numbers: Mapping[str, float], report: Path) -> None:
        """Write the results of the finished run and its report, and close the store."""

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:  # noqa: ARG002
        """Begin, and note in the run folder what a resumed training needs to go on."""
        states = stored(self.folder)
        states[self.name] = self.start(states.get(self.name, {}))
        files.write_text(self.folder / FILE, json.dumps(states, indent=2) + "\n")

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Write every term."""
        self.write(epoch + 1, {name: float(value) for name, value in (logs or {}).items()})

    @property
    def parameters(self) -> dict[str, str]:
        """The fields of the recipe as text."""
        return {field.name: str(getattr(self.recipe, field.name)) for field in self.recipe.fields()}


def stored(folder: Path) -> dict[str, dict[str, str]]:
    """Return the content of `FILE`: the states of a run's trackers by name."""
    path = folder / FILE
    if not path.exists():
        return {}
    try:
        states: dict[str, dict[str, str]] = json.loads(files.read_text(path))
        if not isinstance(states, dict) or not all(isinstance(state, dict) for state in states.values()):
            raise TypeError(f"it must map names to objects, got {checks.show(states)}")
    except (OSError, ValueError, TypeError, RecursionError) as error:
        raise checks.InputError(f"{str(path)!r} cannot be read: {error}; restore it, or delete it to go on without "
                                f"trackers") from error
    return states
