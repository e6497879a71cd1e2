"""Checkpoints: the state after each of the latest epochs, and within a long epoch."""

from __future__ import annotations

import re
import time
import zipfile
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import ops

from zukan import checks, files
from zukan.compiled import Position
from zukan.model import VAE
from zukan.training import background

SECONDS = 60.0  # between checkpoints within an epoch: the most that can be lost of a long epoch
KEPT = 2  # epochs: if the newest checkpoint is damaged, training continues from the one before
HEADER = 1 << 12  # bytes that a file within a checkpoint may have in addition to its array


class Checkpoints(keras.callbacks.Callback):
    """Save everything that training needs to continue bit for bit, after every epoch and within long ones.

    A checkpoint is an ``.npz`` file with the arrays of all variables, which takes a tenth of the time of a model file.
    It is written in the background, while training continues.

    Parameters
    ----------
    folder : Path
        Holds ``epoch-N.npz`` after N epochs, and ``part-N-M.npz`` after M steps of the epoch that follows. The two
        latest epochs are kept.
    seconds : float, default 60.0
        Shortest time between two checkpoints within an epoch.
    best : callable, optional
        Gives the best epoch so far, counted from 1, when an epoch ends; its checkpoint is kept too.
    """

    only_reads = True  # see `zukan.compiled.CompiledEpochs`

    def __init__(self, folder: Path, seconds: float | None = None, best: Callable[[], int] | None = None) -> None:
        super().__init__()
        self.folder = folder
        self.seconds = SECONDS if seconds is None else seconds
        self.best = best
        self.last: Future[Any] | None = None

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:  # noqa: ARG002
        """Start the clock."""
        self.epoch, self.saved_at = epoch, time.monotonic()

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:  # noqa: ARG002
        """Save the state within the epoch, if it is time."""
        if time.monotonic() - self.saved_at < self.seconds:
            return
        position = self.model.position_after(batch)
        if position is not None:
            path = self.folder / f"part-{self.epoch:05d}-{position.steps:09d}.npz"
            self._write(path, _values(state(self.model)) | _averages(position))
            self.saved_at = time.monotonic()

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:  # noqa: ARG002
        """Save the state."""
        self._write(_path(self.folder, epoch + 1), _values(state(self.model)))

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:  # noqa: ARG002
        """Wait for the last file; raise if it could not be written."""
        background.finish(self.folder.parent)

    def _write(self, path: Path, arrays: dict[str, Any]) -> None:
        if self.last is not None:  # one at a time, so that memory is bounded
            self.last.result()
        for array in arrays.values():
            if hasattr(array, "copy_to_host_async") and next(iter(array.devices())).platform != "cpu":
                array.copy_to_host_async()  # all at once, and not one after another
        # Copies, since the next steps reuse the memory of the variables.
        copies = {name: np.array(ops.convert_to_numpy(array)) for name, array in arrays.items()}
        kept = {_path(self.folder, self.best())} if self.best else set()
        self.last = background.submit(self.folder.parent, _save, path, copies, kept)


def _path(folder: Path, epoch: int) -> Path:
    """Return the path of the checkpoint after ``epoch`` epochs."""
    return folder / f"epoch-{epoch:05d}.npz"


def _save(path: Path, arrays: dict[str, np.ndarray], kept: set[Path]) -> None:
    """Write a checkpoint, and delete older ones that are not in ``kept``."""
    with files.replacing(path) as temporary:
        np.savez(temporary, allow_pickle=False, **arrays)
    # Checkpoints within an epoch can be deleted, because the one before that epoch is kept.
    for older in {*_whole(path.parent)[:-KEPT], *path.parent.glob("part-*.npz")} - {path} - kept:
        older.unlink()


def whole(folder: Path) -> list[Path]:
    """Return the checkpoints after complete epochs, the latest last."""
    background.settle(folder.parent)
    return _whole(folder)


def _whole(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("epoch-*.npz") if re.fullmatch(r"epoch-\d+", path.stem))


def parts(folder: Path) -> list[Path]:
    """Return the checkpoints within the epoch that follows the last complete one, the latest last."""
    epochs = done(folder)
    return sorted(path for path in folder.glob("part-*.npz") if re.fullmatch(r"part-\d+-\d+", path.stem)
                  and int(path.stem.split("-")[1]) == epochs)


def done(folder: Path) -> int:
    """Return the number of complete epochs that are saved in ``folder``."""
    return max((int(path.stem.removeprefix("epoch-")) for path in whole(folder)), default=0)


def restore_epoch(folder: Path, model: VAE, epoch: int) -> None:
    """Load the checkpoint after ``epoch`` epochs into ``model``, which must have an optimizer.

    Raises
    ------
    zukan.InputError
        If it cannot be read.
    """
    background.settle(folder.parent)
    model.optimizer.build(model.trainable_variables)
    path, variables = _path(folder, epoch), state(model)
    with checks.explained(lambda error: f"checkpoint {str(path)!r} of the best epoch cannot be read: "
                                        f"{checks.show(str(error))}; restore it, or train again"):
        values = _read(path, variables)
    for name, variable in variables.items():
        variable.assign(values[name])


def restore(folder: Path, model: VAE, log: Callable[[str], None] = lambda _: None, *, within: bool = True) -> int:
    """Load the latest checkpoint in ``folder`` into ``model``; return the number of complete epochs.

    The model must have an optimizer. If that checkpoint is within an epoch, the next ``fit`` starts there. If a file
    is damaged, the one before is used.

    Parameters
    ----------
    folder : Path
    model : VAE
    log : callable
        Called with a line of text about each damaged file.
    within : bool, default True
        Whether to use checkpoints within an epoch.

    Raises
    ------
    zukan.InputError
        If no checkpoint can be read, or the latest one belongs to another model.
    """
    model.optimizer.build(model.trainable_variables)
    newest_first = [*whole(folder), *(parts(folder) if within else [])][::-1]
    for path in newest_first:
        is_part = path.stem.startswith("part-")
        variables = state(model)
        averages = _averages(Position(0, tuple(model.metrics_variables))) if is_part else {}
        try:
            values = _read(path, variables | averages)
        except checks.InputError:
            raise
        except Exception as error:  # damaged files raise many kinds of errors
            problem = f"checkpoint {str(path)!r} cannot be read: {checks.show(str(error))}"
            if path == newest_first[-1]:
                raise checks.InputError(f"{problem}; delete {str(folder)!r} to train from the start") from error
            log(f"Note: {problem}; continuing from the one before")
            continue
        for name, variable in variables.items():
            variable.assign(values[name])
        if is_part:
            model.start_from(Position(int(path.stem.split("-")[2]), tuple(values[name] for name in averages)))
        return int(path.stem.split("-")[1])
    return 0


def state(model: VAE) -> dict[str, Any]:
    """Return all variables that training reads or writes, numbered, as Keras's names differ between processes."""
    variables = [*model.trainable_variables, *model.non_trainable_variables, *model.optimizer.variables]
    return {f"{i:04d}": variable for i, variable in enumerate(variables)}


def _averages(position: Position) -> dict[str, Any]:
    """Return the running averages of the epoch's logs, by the names that they have in a checkpoint."""
    return {f"average-{i:04d}": value for i, value in enumerate(position.metrics)}


def _values(variables: dict[str, Any]) -> dict[str, Any]:
    return {name: variable.value for name, variable in variables.items()}


def _read(path: Path, variables: dict[str, Any]) -> dict[str, np.ndarray]:
    """Return the arrays of a checkpoint, after a check that their names and sizes are those of ``variables``."""
    if not zipfile.is_zipfile(path):
        raise ValueError("it is truncated, or not an npz file")
    largest = max((np.dtype(v.dtype).itemsize * int(np.prod(v.shape)) for v in variables.values()), default=0) + HEADER
    with path.open("rb") as file, np.load(file, allow_pickle=False) as saved:
        fits = (all(member.file_size <= largest for member in saved.zip.infolist())
                and set(saved.files) == variables.keys())
        values = {name: saved[name] for name in variables} if fits else {}
    if {name: v.shape for name, v in values.items()} != {name: tuple(v.shape) for name, v in variables.items()}:
        raise checks.InputError(
            f"checkpoint {str(path)!r} must hold the variables of the model in recipe.toml, got others; "
            f"delete it to train from the start")
    return values
