"""The latest state: after a whole epoch, or within one that takes long."""

from __future__ import annotations

import re
import time
import zipfile
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import ops

from zukan import checks, files

SECONDS = 60.0  # that may be lost of an epoch that takes longer


class Checkpoints(keras.callbacks.Callback):
    """Keep the latest state, enough to go on bit for bit: after each whole epoch, and now and then within a long one.

    Plain arrays of every variable: writing them takes a tenth of the time of a whole model file.

    Parameters
    ----------
    folder : Path
        Holds ``epoch-N.npz``, N epochs done, or ``part-N-M.npz``, after M steps of the next; the newer is in place
        before the older goes.
    seconds : float, default 60.0
        After which the state within an epoch is kept, at the next end of an item of the epoch.
    """

    def __init__(self, folder: Path, seconds: float | None = None) -> None:
        super().__init__()
        self.folder = folder
        self.seconds = SECONDS if seconds is None else seconds

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:  # noqa: ARG002
        """Start the clock."""
        self.epoch, self.kept = epoch, time.monotonic()

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:  # noqa: ARG002
        """Write the state within the epoch, and what its averages stand at, where that is due."""
        if time.monotonic() - self.kept < self.seconds:
            return
        steps = getattr(self.model, "steps_done", lambda _: None)(batch)
        if steps is not None:
            path = self.folder / f"part-{self.epoch:05d}-{steps:09d}.npz"
            self._write(path, state(self.model) | averages(self.model))
            self.kept = time.monotonic()

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:  # noqa: ARG002
        """Write the state."""
        self._write(self.folder / f"epoch-{epoch + 1:05d}.npz", state(self.model))

    def _write(self, path: Path, variables: dict[str, Any]) -> None:
        with files.replacing(path) as beside:
            np.savez(beside, allow_pickle=False, **{name: ops.convert_to_numpy(variable.value)
                                                    for name, variable in variables.items()})
        # A part goes on from a whole epoch, which stays beside it, so that it can be lost.
        for older in {*found(self.folder)[:-1], *self.folder.glob("part-*.npz")} - {path}:
            older.unlink()


def state(model: keras.Model) -> dict[str, Any]:
    """Return every variable that training reads or writes, by its number: Keras counts names on within a process."""
    variables = [*model.trainable_variables, *model.non_trainable_variables, *model.optimizer.variables]
    return {f"{i:04d}": variable for i, variable in enumerate(variables)}


def averages(model: keras.Model) -> dict[str, Any]:
    """Return the variables of the running averages that the logs of an epoch are."""
    return {f"average-{i:04d}": variable for i, variable in enumerate(model.metrics_variables)}


def parts(folder: Path) -> list[Path]:
    """Return the states within the epoch that follows the last whole one, the latest last."""
    return sorted(path for path in folder.glob("part-*.npz") if re.fullmatch(r"part-\d+-\d+", path.stem)
                  and int(path.stem.split("-")[1]) == done(folder))


def found(folder: Path) -> list[Path]:
    """Return the checkpoints in ``folder``, the latest last."""
    return sorted(path for path in folder.glob("epoch-*.npz") if re.fullmatch(r"epoch-\d+", path.stem))


def done(folder: Path) -> int:
    """Return the number of whole epochs that are saved in ``folder``."""
    return max((int(path.stem.removeprefix("epoch-")) for path in found(folder)), default=0)


def restore(folder: Path, model: keras.Model) -> int:
    """Put ``model``, compiled, into the latest state in ``folder`` and return the number of whole epochs done.

    Within an epoch the next ``fit`` goes on from the step that the state was kept after.

    Raises
    ------
    zukan.InputError
        When the file cannot be read or is of another model.
    """
    latest = [*found(folder)[-1:], *parts(folder)[-1:]]
    if not latest:
        return 0
    path = latest[-1]
    within = path.stem.startswith("part-")
    model.optimizer.build(model.trainable_variables)
    variables = state(model) | (averages(model) if within else {})
    try:
        if not zipfile.is_zipfile(path):
            raise ValueError("it is truncated, or not an npz file")
        with path.open("rb") as file, np.load(file, allow_pickle=False) as saved:
            values = {name.split(" ")[0]: saved[name] for name in saved.files}  # names once followed the numbers
    except Exception as error:  # a damaged file fails in many ways
        msg = f"checkpoint {str(path)!r} cannot be read: {checks.show(str(error))}; delete it to train from the start"
        raise checks.InputError(msg) from error
    if {name: np.shape(v) for name, v in values.items()} != {name: tuple(v.shape) for name, v in variables.items()}:
        msg = (f"checkpoint {str(path)!r} must hold the variables of the model in recipe.toml, got others; "
               f"delete it to train from the start")
        raise checks.InputError(msg)
    for name, variable in variables.items():
        variable.assign(values[name])
    if within:
        model.go_on_from(int(path.stem.split("-")[2]), [values[name] for name in averages(model)])
    return done(folder)
