"""Event files for TensorBoard."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import keras

from zukan import checks


class TensorBoard(keras.callbacks.Callback):
    """Write event files that TensorBoard reads, without TensorFlow.

    Parameters
    ----------
    folder : Path
    """

    def __init__(self, folder: Path) -> None:
        super().__init__()
        try:
            from tensorboardX import SummaryWriter  # noqa: PLC0415 an extra
        except ImportError as error:
            raise checks.InputError(
                "tensorboard needs the package tensorboardX, which is not installed; pip install 'zukan[tensorboard]'"
            ) from error
        self._open = SummaryWriter
        self.folder = folder

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:  # noqa: ARG002
        """Open the file."""
        # the name alone tells seconds: a training resumed within one would write over the file before it
        self.writer = self._open(str(self.folder), filename_suffix=f".{time.time_ns()}")

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Write every term: training and validation as two lines of one chart."""
        for name, value in (logs or {}).items():
            term = name.removeprefix("val_")
            self.writer.add_scalar(f"{term}/{'train' if term == name else 'test'}", float(value), epoch + 1)

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:  # noqa: ARG002
        """Close the file."""
        self.writer.close()
