"""Progress of a training: a live bar on a terminal, a line an epoch elsewhere."""

from __future__ import annotations

import time
from typing import Any

import keras
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

WIDE = 135  # columns that the full line with its bar needs


class Training(keras.callbacks.Callback):
    """Show epoch, loss, reconstruction, KL, validation loss, items a second and time left.

    Parameters
    ----------
    console : Console
    """

    def __init__(self, console: Console) -> None:
        super().__init__()
        self.console = console
        self.held_out: float | None = None
        self.wide = console.width >= WIDE or not console.is_terminal
        columns = (TextColumn("{task.description}"), BarColumn(24 if self.wide else 5),
                   TextColumn("{task.fields[terms]}"))
        self.bar = Progress(*columns, console=console, transient=True) if console.is_terminal else None

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:  # noqa: ARG002
        """Start the bar."""
        self.timed: tuple[float, float] | None = None  # when the first part was done, compilation behind it
        if self.bar:
            self.bar.start()
            self.task = self.bar.add_task("", total=self.params["epochs"], terms="compiling …")

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:  # noqa: ARG002
        """Start the clock of the epoch."""
        self.epoch, self.started = epoch, time.perf_counter()

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Move the bar."""
        share = (batch + 1) / self.params["steps"]
        self.timed = self.timed or (time.perf_counter(), self.epoch + share)
        self._move(share, logs or {})

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:  # noqa: ARG002
        """Move the bar, or print the epoch's line."""
        logs = logs or {}
        self.held_out = logs.get("val_loss")
        if self.bar:
            self._move(1.0, logs)
        else:
            self.console.print(f"{self._name()} · {self._line(1.0, logs)}", highlight=False, soft_wrap=True)

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:  # noqa: ARG002
        """Take the bar away."""
        self.close()

    def close(self) -> None:
        """Take the bar away, also after an interruption."""
        if self.bar:
            self.bar.stop()

    def _move(self, share: float, logs: dict[str, Any]) -> None:
        if self.bar:
            self.bar.update(self.task, completed=self.epoch + share, terms=self._line(share, logs),
                            description=self._name())

    def _name(self) -> str:
        return f"epoch {self.epoch + 1}/{self.params['epochs']}"

    def _line(self, share: float, logs: dict[str, Any]) -> str:
        now, done = time.perf_counter(), self.epoch + share
        since, before = self.timed or (now, done)
        rate = share * self.params["examples"] / max(now - self.started, 1e-9)
        if done == before:  # nothing since the first part: its own time, compilation included, is all there is to go by
            since, before = self.started, float(self.epoch)
        left = (now - since) / (done - before) * (self.params["epochs"] - done)
        loss, reconstruction, kl = (float(logs[name]) for name in ("loss", "reconstruction", "kl"))
        if not self.wide:
            test = "" if self.held_out is None else f" · test {self.held_out:.1f}"
            return f"loss {loss:.1f} = rec {reconstruction:.1f} + KL {kl:.1f}{test} · {_short(rate)}/s · {_clock(left)}"
        test = "" if self.held_out is None else f" · test {self.held_out:.2f}"
        return (f"loss {loss:.2f} = reconstruction {reconstruction:.2f} + KL {kl:.2f}{test} · {rate:,.0f} items/s · "
                f"{_clock(left)} left")


def _short(rate: float) -> str:
    return f"{rate / 1000:.0f}k" if rate >= 10_000 else f"{rate:.0f}"


def _clock(seconds: float) -> str:
    minutes, seconds = divmod(round(seconds), 60)
    return f"{minutes}:{seconds:02d}"
