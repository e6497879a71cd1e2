"""A stop where the loss leaves what can be learned from: a term that is not finite, or one that grows without end."""

from __future__ import annotations

import math
from typing import Any

import keras
import numpy as np

from zukan import checks
from zukan.likelihoods import likelihoods
from zukan.vae import VAE

LARGE = 100.0  # values of data beyond which their scale is the likeliest cause
SMALL_SCALE = 0.05  # a fixed standard deviation below which the likelihood is
GROWTH, SLACK = 10.0, 1000.0  # a loss above GROWTH times the best and SLACK nats is not coming back


class DivergedError(checks.InputError):
    """A training that went astray; ``step`` is None where it is only known to be at or before the message's."""

    def __init__(self, message: str, step: int | None = None) -> None:
        super().__init__(message)
        self.step = step


class StopOnNaN(keras.callbacks.Callback):
    """Stop as soon as a term is not finite, or the loss of an epoch explodes; what was saved before stays.

    Parameters
    ----------
    run : str, optional
        What the message calls the run.
    largest : float, default 0.0
        The greatest absolute value of the data, for the advice.
    exact : bool, default False
        Whether every batch is told of on its own, so that the step is known.
    """

    def __init__(self, run: str | None = None, largest: float = 0.0, *, exact: bool = False) -> None:
        super().__init__()
        self.where = f" of run {run!r}" if run else ""
        self.largest = largest
        self.exact = exact
        self.best = math.inf

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Raise `DivergedError` that names the term and where."""
        logs = logs or {}
        bad = [name for name, value in logs.items() if not math.isfinite(float(value))]
        if bad:
            parts = [name for name in bad if name not in {"loss", "elbo"}] or bad
            step = int(self.model.optimizer.iterations)
            place = "at" if self.exact else f"(part {batch + 1} of it) at or before"
            self._stop(f"{' and '.join(parts)} became {logs[parts[0]]} in epoch {self.epoch + 1}{self.where}, {place} "
                       f"step {step}", step if self.exact else None)

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:  # noqa: ARG002
        """Remember the epoch for the message."""
        self.epoch = epoch

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Raise `DivergedError` when the loss has exploded."""
        loss = float((logs or {}).get("loss", math.nan))
        if loss > GROWTH * abs(self.best) + SLACK:
            self._stop(f"the loss grew from {self.best:.4g} to {loss:.4g} nats in epoch {epoch + 1}{self.where}", None)
        self.best = min(self.best, loss)

    def _stop(self, what: str, step: int | None) -> None:
        kept = f"the state after epoch {self.epoch} is kept" if self.epoch else "no epoch was done before"
        raise DivergedError(f"{what}; {advice(self.model, self.largest)}; {kept}", step)


def advice(model: VAE, largest: float) -> str:
    """Return the likeliest cause, and what to do about it, as half a sentence."""
    scale: Any = getattr(model.likelihood, "scale", "learned")
    if largest > LARGE:
        return (f"the data reaches {largest:.4g}, so bring it to a spread near 1 (for features by scaling='standard', "
                "--scaling standard)")
    if isinstance(model.likelihood, likelihoods.members["normal"]) and scale != "learned" and scale < SMALL_SCALE:
        return (f"the likelihood's scale of {scale:g} makes an error of 1 cost {0.5 / scale**2:,.0f} nats, so use a "
                "larger one, or 'learned'")
    rate = float(model.optimizer.learning_rate)
    return f"the steps were too long, so train again with a learning_rate of {rate / 10:.4g} instead of {rate:.4g}"


def located(error: DivergedError, model: VAE, x: Any, *, epoch: int, batch_size: int, stop: StopOnNaN) -> DivergedError:
    """Return ``error`` with its very step, found by going through the epoch again, a step at a time.

    Parameters
    ----------
    error : DivergedError
    model : VAE
        In the state before ``epoch``.
    x : array
        The training items.
    epoch, batch_size : int
    stop : StopOnNaN
        The one that raised.
    """
    if not isinstance(x, np.ndarray):  # read from disk in chunks of many steps
        return error
    stop.exact = True
    model.pieces = len(x)
    try:
        model.fit(x, epochs=epoch + 1, initial_epoch=epoch, batch_size=batch_size, callbacks=[stop], verbose=0)
    except DivergedError as found:
        return found if found.step is not None else error
    return error  # rounding took another path
