"""The state after the latest whole epoch."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import ops

from zukan import checks, files


class Checkpoints(keras.callbacks.Callback):
    """Keep the state after the latest whole epoch, enough to go on bit for bit.

    Plain arrays of every variable: writing them takes a tenth of the time of a whole model file.

    Parameters
    ----------
    folder : Path
        Holds ``epoch-N.npz``, N epochs done; the newer is in place before the older goes.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:  # noqa: ARG002
        """Write the state."""
        path = self.folder / f"epoch-{epoch + 1:05d}.npz"
        with files.replacing(path) as beside:
            np.savez(beside, allow_pickle=False, **{name: ops.convert_to_numpy(variable.value)
                                                    for name, variable in state(self.model).items()})
        for older in found(self.folder)[:-1]:
            older.unlink()


def state(model: keras.Model) -> dict[str, Any]:
    """Return every variable that training reads or writes, by its number: Keras counts names on within a process."""
    variables = [*model.trainable_variables, *model.non_trainable_variables, *model.optimizer.variables]
    return {f"{i:04d}": variable for i, variable in enumerate(variables)}


def found(folder: Path) -> list[Path]:
    """Return the checkpoints in ``folder``, the latest last."""
    return sorted(path for path in folder.glob("epoch-*.npz") if re.fullmatch(r"epoch-\d+", path.stem))


def done(folder: Path) -> int:
    """Return the number of whole epochs that are saved in ``folder``."""
    return max((int(path.stem.removeprefix("epoch-")) for path in found(folder)), default=0)


def restore(folder: Path, model: keras.Model) -> int:
    """Put ``model``, compiled, into the latest state in ``folder`` and return the number of epochs done.

    Raises
    ------
    zukan.InputError
        When the file cannot be read or is of another model.
    """
    if not done(folder):
        return 0
    path = found(folder)[-1]
    model.optimizer.build(model.trainable_variables)
    variables = state(model)
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
    return done(folder)
