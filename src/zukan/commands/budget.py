"""A budget of minutes: the time of an epoch is measured, and the number of epochs set to what fits."""

from __future__ import annotations

import contextlib
import math
import statistics
import time
from collections.abc import Callable
from typing import Any

import keras

from zukan import processes
from zukan.report.formatting import plural

SECONDS = 5.0  # that are measured at least, if an epoch is long
ENOUGH = 2.0  # seconds of whole epochs that are enough
EPOCHS = 20  # that are measured at most: the first one compiles
VALIDATION = 1 / 3  # of the time of a training step that its items take in the validation, which has no gradients


class _EnoughError(Exception):
    """The clock has measured enough."""


class Clock(keras.callbacks.Callback):
    """Measure the seconds of an epoch, without compilation, and stop the training as soon as they are known.

    They are the median over a few epochs after the first. If an epoch is long, they follow from a part of it: what
    comes after its first batches, with which the compilation ends.

    Parameters
    ----------
    validation : float, default 0.0
        Test items divided by training items.
    whole : bool, default False
        Measure one whole epoch, however long: several processes must stop after the same step.
    """

    only_reads = True  # see `zukan.compiled.CompiledEpochs`

    def __init__(self, validation: float = 0.0, *, whole: bool = False) -> None:
        super().__init__()
        self.validation, self.whole = validation, whole
        self.epochs: list[float] = []
        self.seconds = math.nan

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:  # noqa: ARG002
        """Start the clock of the epoch."""
        self.started = time.perf_counter()
        self.compiled: tuple[float, int] | None = None

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:  # noqa: ARG002
        """Stop within a long epoch."""
        now, items = time.perf_counter(), self.params["steps"]
        since, first = self.compiled = self.compiled or (now, batch)
        if not self.whole and batch > first and batch + 1 < items and now - since >= SECONDS:
            self.seconds = (now - since) / (batch - first) * items * (1.0 + VALIDATION * self.validation)
            raise _EnoughError

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:  # noqa: ARG002
        """Stop if enough epochs are measured."""
        if epoch:
            self.epochs.append(time.perf_counter() - self.started)
            self.seconds = statistics.median(self.epochs)
        if epoch and (self.whole or sum(self.epochs) >= ENOUGH or epoch + 1 == EPOCHS):
            raise _EnoughError


def epochs_within(minutes: float, most: int | None, fit: Callable[[Clock], None], clock: Clock,
                  log: Callable[[str], None], group: processes.Group) -> int:
    """Return the number of epochs that fit into ``minutes``, at least one.

    A model that is thrown away is trained to measure the time of an epoch, so the result of the training is the one
    that this number of epochs gives in any case. Compilation, the measurement and the report are not counted.

    Parameters
    ----------
    minutes : float
    most : int, optional
        The largest number of epochs.
    fit : callable
        Trains for `EPOCHS` epochs with the callback that it gets.
    clock : Clock
    log : callable
        Called with a line of text.
    group : processes.Group
        Processes that must agree.
    """
    log("Measuring the time of an epoch")
    with contextlib.suppress(_EnoughError):
        fit(clock)
    seconds = float(group.of_first("the seconds of an epoch", repr(clock.seconds)))
    epochs = max(1, int(60 * minutes / seconds))
    limited = f"; it trains {most:,}, as epochs asks for" if most is not None and most < epochs else ""
    log(f"{seconds:.2g} s an epoch measured; {minutes:g} minutes allow {plural(epochs, 'epoch')}{limited}")
    return epochs if most is None else min(epochs, most)
