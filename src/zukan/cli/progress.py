"""The progress of a training: a live bar on a terminal, one line per epoch elsewhere."""

from __future__ import annotations

import math
import time
from typing import Any

import keras
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

WIDE = 135  # columns that the full line and its bar need


class TrainingProgress(keras.callbacks.Callback):
    """Show the epoch, loss, reconstruction, KL, validation loss, items per second and time left.

    Parameters
    ----------
    console : Console
    """

    only_reads = True  # see `zukan.compiled.CompiledEpochs`

    def __init__(self, console: Console) -> None:
        super().__init__()
        self.console = console
        self.val_loss: float | None = None
        self.wide = console.width >= WIDE or not console.is_terminal
        columns = (TextColumn("{task.description}", markup=False), BarColumn(24 if self.wide else 5),
                   TextColumn("{task.fields[terms]}", markup=False))
        self.bar = Progress(*columns, console=console, transient=True) if console.is_terminal else None

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:  # noqa: ARG002
        """Start the bar."""
        self.compiled: tuple[float, float] | None = None  # the time and the epoch when the first batches were done
        if self.bar:
            self.bar.start()
            self.task = self.bar.add_task("", total=self.params["epochs"], terms="compiling …")

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:  # noqa: ARG002
        """Start the clock of the epoch."""
        self.epoch, self.started = epoch, time.perf_counter()

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Move the bar."""
        share = (batch + 1) / self.params["steps"]
        self.compiled = self.compiled or (time.perf_counter(), self.epoch + share)
        self._move(share, logs or {})

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:  # noqa: ARG002
        """Move the bar, or print a line for the epoch."""
        logs = logs or {}
        self.val_loss = logs.get("val_loss")
        if self.bar:
            self._move(1.0, logs)
        else:
            self.console.print(f"{self._name()} · {self._line(1.0, logs)}", highlight=False, soft_wrap=True)

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:  # noqa: ARG002
        """Remove the bar."""
        self.close()

    def close(self) -> None:
        """Remove the bar. After an interruption Keras does not call `on_train_end`, so call this method."""
        if self.bar:
            self.bar.stop()

    def _move(self, share: float, logs: dict[str, Any]) -> None:
        """Move the bar to ``share`` of the epoch."""
        if self.bar:
            self.bar.update(self.task, completed=self.epoch + share, terms=self._line(share, logs),
                            description=self._name())

    def _name(self) -> str:
        return f"epoch {self.epoch + 1}/{self.params['epochs']}"

    def _line(self, share: float, logs: dict[str, Any]) -> str:
        """Return the terms, the speed and the time left after ``share`` of the epoch."""
        now, done = time.perf_counter(), self.epoch + share
        speed = share * self.params["examples"] / max(now - self.started, 1e-9)
        since, before = self.compiled or (now, done)
        if done == before:  # no batches since compilation: estimate from the start of the epoch
            since, before = self.started, float(self.epoch)
        left = (now - since) / (done - before) * (self.params["epochs"] - done)
        if self.wide:
            return f"{self._terms(logs, 'reconstruction', 2)} · {speed:,.0f} items/s · {_clock(left)} left"
        return f"{self._terms(logs, 'rec', 1)} · {_short(speed)}/s · {_clock(left)}"

    def _terms(self, logs: dict[str, Any], reconstruction: str, digits: int) -> str:
        """Return the loss and its terms; a model whose posterior has no density has no KL."""
        loss, *terms = (float(logs[name]) for name in ("loss", "reconstruction", "kl") if name in logs)
        named = [f"{name} {term:.{digits}f}" for name, term in zip((reconstruction, "KL"), terms, strict=False)]
        is_sum = math.isclose(loss, sum(terms), rel_tol=1e-4)  # not with a weight on the KL, or with further terms
        text = f"loss {loss:.{digits}f} " + (f"= {' + '.join(named)}" if is_sum else f"({', '.join(named)})")
        return text if self.val_loss is None else f"{text} · test {self.val_loss:.{digits}f}"


def _short(speed: float) -> str:
    return f"{speed / 1000:.0f}k" if speed >= 10_000 else f"{speed:.0f}"


def _clock(seconds: float) -> str:
    minutes, seconds = divmod(round(seconds), 60)
    return f"{minutes}:{seconds:02d}"
