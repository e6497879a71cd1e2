"""The latest states: after whole epochs, and within one that takes long."""

from __future__ import annotations

import re
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import ops

from zukan import checks, files

SECONDS = 60.0  # that may be lost of an epoch that takes longer
KEPT = 2  # should the newest be damaged, the one before leads to the same end
HEADER = 1 << 12  # bytes that a file within a checkpoint may be larger than its array


class Checkpoints(keras.callbacks.Callback):
    """Keep the states after the two latest whole epochs, and now and then one within a long epoch.

    Each is enough to go on bit for bit: plain arrays of every variable, written in a tenth of the time of a model file.

    Parameters
    ----------
    folder : Path
        Holds ``epoch-N.npz``, N epochs done, or ``part-N-M.npz``, after M steps of the next; the newest is in place
        before the oldest goes.
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
        for older in {*found(self.folder)[:-KEPT], *self.folder.glob("part-*.npz")} - {path}:
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


def restore(folder: Path, model: keras.Model, tell: Callable[[str], None] = lambda _: None, *,
            within: bool = True) -> int:
    """Put ``model``, compiled, into the latest state in ``folder`` and return the number of whole epochs done.

    Within an epoch the next ``fit`` goes on from the step that the state was kept after; without ``within``, only
    states after whole epochs are looked at.

    A damaged file is told to ``tell``, and the one before is taken.

    Raises
    ------
    zukan.InputError
        When no file can be read, or the latest is of another model.
    """
    model.optimizer.build(model.trainable_variables)
    newest_first = [*found(folder), *(parts(folder) if within else [])][::-1]
    for path in newest_first:
        part = path.stem.startswith("part-")
        variables = state(model) | (averages(model) if part else {})
        try:
            values = _read(path, variables)
        except checks.InputError:
            raise
        except Exception as error:  # a damaged file fails in many ways
            what = f"checkpoint {str(path)!r} cannot be read: {checks.show(str(error))}"
            if path == newest_first[-1]:
                raise checks.InputError(f"{what}; delete {str(folder)!r} to train from the start") from error
            tell(f"Note: {what}; going on from the one before it")
            continue
        for name, variable in variables.items():
            variable.assign(values[name])
        if part:
            model.go_on_from(int(path.stem.split("-")[2]), [values[name] for name in averages(model)])
        return int(path.stem.split("-")[1])
    return 0


def _read(path: Path, variables: dict[str, Any]) -> dict[str, np.ndarray]:
    """Return the arrays of a checkpoint, which must be those of ``variables`` before any is read."""
    if not zipfile.is_zipfile(path):
        raise ValueError("it is truncated, or not an npz file")
    largest = max((np.dtype(v.dtype).itemsize * int(np.prod(v.shape)) for v in variables.values()), default=0) + HEADER
    with path.open("rb") as file, np.load(file, allow_pickle=False) as saved:
        fits = all(member.file_size <= largest for member in saved.zip.infolist())
        names = {name.split(" ")[0]: name for name in saved.files}  # names once followed the numbers
        fits = fits and names.keys() == variables.keys()
        values = {short: saved[name] for short, name in names.items()} if fits else {}
    if {name: v.shape for name, v in values.items()} != {name: tuple(v.shape) for name, v in variables.items()}:
        raise checks.InputError(
            f"checkpoint {str(path)!r} must hold the variables of the model in recipe.toml, got others; "
            f"delete it to train from the start")
    return values
