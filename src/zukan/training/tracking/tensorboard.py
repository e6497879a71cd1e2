"""Event files for TensorBoard, written without TensorFlow."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from zukan import checks
from zukan.training.tracking.base import Tracker


class TensorBoard(Tracker):
    """Writes event files into the folder ``tensorboard`` of the run: ``tensorboard --logdir runs`` shows all runs."""

    name = "tensorboard"

    @classmethod
    def load(cls) -> Any:
        """Import tensorboardX."""
        try:
            from tensorboardX import SummaryWriter  # noqa: PLC0415 an extra
        except ImportError as error:
            raise checks.not_installed("tensorboard", "tensorboardX", "tensorboard") from error
        return SummaryWriter

    def start(self, state: dict[str, str]) -> dict[str, str]:
        """Open a file."""
        # tensorboardX names files by the second: without the suffix, a training that is stopped and resumed within one
        # second would overwrite its first file.
        self.writer = self.package(str(self.folder / self.name), filename_suffix=f".{time.time_ns()}")
        if not state:
            self.writer.add_text("recipe", self.recipe.to_toml())
        return {"folder": self.name}

    def write(self, epoch: int, terms: Mapping[str, float]) -> None:
        """Write every term; training and validation become two lines of one chart."""
        for name, value in terms.items():
            term = name.removeprefix("val_")
            self.writer.add_scalar(f"{term}/{'train' if term == name else 'test'}", value, epoch)
        self.writer.flush()

    def publish(self, numbers: Mapping[str, float], report: Path) -> None:
        """Write the results as scalars; TensorBoard has no place for the report."""
        for name, value in numbers.items():
            self.writer.add_scalar(f"final/{name}", value, 0)
        self.writer.add_text("report", str(report))
        self.writer.close()
