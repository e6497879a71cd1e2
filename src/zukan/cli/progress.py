"""Progress of a training: a live bar on a terminal, a line an epoch elsewhere."""

from __future__ import annotations

import time
from typing import Any

import keras
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn


class Training(keras.callbacks.Callback):
    """Show epoch, loss, reconstruction, KL, validation loss, images a second and time left.

    Parameters
    ----------
    console : Console
    """

    def __init__(self, console: Console) -> None:
        super().__init__()
        self.console = console
        self.held_out = ""
        columns = (TextColumn("{task.description}"), BarColumn(bar_width=24), TextColumn("{task.fields[terms]}"))
        self.bar = Progress(*columns, console=console, transient=True) if console.is_terminal else None

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:  # noqa: ARG002
        """Start the bar."""
        self.first = -1
        if self.bar:
            self.bar.start()

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:  # noqa: ARG002
        """Start the clock of the epoch."""
        if self.first < 0:
            self.first, self.began = epoch, time.perf_counter()
            if self.bar:
                self.task = self.bar.add_task("", total=self.params["epochs"], completed=epoch, terms="compiling …")
        self.epoch, self.started = epoch, time.perf_counter()

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Move the bar."""
        share = (batch + 1) / self.params["steps"]
        self._move(self.epoch + share, share, logs or {})

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Move the bar, or print the epoch's line."""
        logs = logs or {}
        if "val_loss" in logs:
            self.held_out = f" · test {logs['val_loss']:.2f}"
        if self.bar:
            self._move(epoch + 1, 1.0, logs)
        else:
            self.console.print(f"epoch {epoch + 1}/{self.params['epochs']} · {self._line(epoch + 1, 1.0, logs)}",
                               highlight=False, soft_wrap=True)

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:  # noqa: ARG002
        """Take the bar away."""
        self.close()

    def close(self) -> None:
        """Take the bar away, also after an interruption."""
        if self.bar:
            self.bar.stop()

    def _move(self, done: float, share: float, logs: dict[str, Any]) -> None:
        if self.bar is None:
            return
        self.bar.update(self.task, completed=done, terms=self._line(done, share, logs),
                        description=f"epoch {self.epoch + 1}/{self.params['epochs']}")

    def _line(self, done: float, share: float, logs: dict[str, Any]) -> str:
        now = time.perf_counter()
        rate = share * self.params["examples"] / max(now - self.started, 1e-9)
        left = (now - self.began) / max(done - self.first, 1e-9) * (self.params["epochs"] - done)
        return (f"loss {float(logs['loss']):.2f} = reconstruction {float(logs['reconstruction']):.2f} + "
                f"KL {float(logs['kl']):.2f}{self.held_out} · {rate:,.0f} items/s · {_clock(left)} left")


def _clock(seconds: float) -> str:
    minutes, seconds = divmod(round(seconds), 60)
    return f"{minutes}:{seconds:02d}"
