"""The state after the latest whole epoch."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import keras

from zukan import files


class Checkpoints(keras.callbacks.Callback):
    """Keep the state after the latest whole epoch, enough to go on bit for bit.

    Parameters
    ----------
    folder : Path
        Holds ``epoch-N.keras``, N epochs done; the newer is in place before the older goes.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:  # noqa: ARG002
        """Save the model."""
        path = self.folder / f"epoch-{epoch + 1:05d}.keras"
        with files.replacing(path) as beside:
            self.model.save(beside)
        for older in self.folder.glob("epoch-*.keras"):
            if older != path:
                older.unlink()

    @staticmethod
    def latest(folder: Path) -> tuple[int, Path] | None:
        """Return the number of epochs done and the file, or None before the first."""
        found = sorted(path for path in folder.glob("epoch-*.keras") if re.fullmatch(r"epoch-\d+", path.stem))
        return (int(found[-1].stem.removeprefix("epoch-")), found[-1]) if found else None
