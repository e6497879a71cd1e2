"""Event files for TensorBoard, written without TensorFlow."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import keras

from zukan import checks


class TensorBoard(keras.callbacks.Callback):
    """Write event files for TensorBoard.

    Parameters
    ----------
    folder : Path

    Raises
    ------
    zukan.InputError
        If the package tensorboardX is not installed.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__()
        try:
            from tensorboardX import SummaryWriter  # noqa: PLC0415 an extra
        except ImportError as error:
            raise checks.not_installed("tensorboard", "tensorboardX", "tensorboard") from error
        self._writer_class = SummaryWriter
        self.folder = folder

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:  # noqa: ARG002
        """Open the file."""
        # tensorboardX names files by the second: without the suffix, a training that is stopped and resumed within one
        # second would overwrite its first file.
        self.writer = self._writer_class(str(self.folder), filename_suffix=f".{time.time_ns()}")

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Write every term; training and validation become two lines of one chart."""
        for name, value in (logs or {}).items():
            term = name.removeprefix("val_")
            self.writer.add_scalar(f"{term}/{'train' if term == name else 'test'}", float(value), epoch + 1)

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:  # noqa: ARG002
        """Close the file."""
        self.writer.close()
