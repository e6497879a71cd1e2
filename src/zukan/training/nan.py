"""A stop at the first term that is not finite."""

from __future__ import annotations

import math
from typing import Any

import keras

from zukan import checks


class StopOnNaN(keras.callbacks.Callback):
    """Stop as soon as a term is not finite; what was saved before stays.

    Parameters
    ----------
    run : str, optional
        What the message calls the run.
    """

    def __init__(self, run: str | None = None) -> None:
        super().__init__()
        self.where = f" of run {run!r}" if run else ""

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Raise `checks.InputError` that names the term and where."""
        logs = logs or {}
        bad = [name for name, value in logs.items() if not math.isfinite(float(value))]
        if bad:
            parts = [name for name in bad if name not in {"loss", "elbo"}] or bad
            step = int(self.model.optimizer.iterations)
            msg = (f"{' and '.join(parts)} became {logs[parts[0]]} in epoch {self.epoch + 1}{self.where}, "
                   f"at or before step {step} (part {batch + 1} of the epoch); "
                   f"the state after the last whole epoch is kept; "
                   f"try a smaller learning_rate, or check the scale of the data")
            raise checks.InputError(msg)

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:  # noqa: ARG002
        """Remember the epoch for the message."""
        self.epoch = epoch
