"""A stop where the loss leaves what can be learned from: a term that is not finite, or one that grows without end."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import keras
import numpy as np

from zukan import checks, schedules
from zukan.likelihoods import likelihoods
from zukan.model import VAE
from zukan.streamed import Streamed

LARGE = 100.0  # values of data beyond which their scale is the likeliest cause
SMALL_SCALE = 0.05  # a fixed standard deviation below which the likelihood is
LIMIT = 15.0  # a learned log-variance beyond which, either way, it is on its way to where it is cut off, 20
GROWTH, SLACK = 10.0, 1000.0  # a loss above GROWTH times the best and SLACK nats is not coming back


class DivergedError(checks.InputError):
    """A training that went astray; ``step`` is None where it is only known to be at or before the message's."""

    def __init__(self, message: str, step: int | None = None) -> None:
        super().__init__(message)
        self.step = step


class DivergedRunsError(DivergedError):
    """One or several of many trainings went astray, which did not stop the others."""

    def __init__(self, errors: Mapping[str, DivergedError], finished: int) -> None:
        (_, first), *others = errors.items()
        also = f"; so did {', '.join(name for name, _ in others)}" if others else ""
        super().__init__(f"{first}{also}; {finished} of {finished + len(errors)} runs are finished", first.step)


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
        self.run = run
        self.where = f" of run {run!r}" if run else ""
        self.largest = largest
        self.exact = exact
        self.best = math.inf
        self.log_var = 0.0
        self.faulty: str | None = None

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
        """Remember the epoch for the message, and the learned scale, which may be lost when it ends."""
        self.epoch = epoch
        learned = getattr(self.model.likelihood, "log_var", None)
        self.log_var = 0.0 if learned is None else float(learned.value)

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Raise `DivergedError` when the loss has exploded."""
        loss = float((logs or {}).get("reconstruction" if self._warms_up() else "loss", math.nan))
        if loss > GROWTH * abs(self.best) + SLACK:
            self._stop(f"the loss grew from {self.best:.4g} to {loss:.4g} nats in epoch {epoch + 1}{self.where}", None)
        self.best = min(self.best, loss)

    def _warms_up(self) -> bool:
        """Whether the loss may grow since the weight of the KL does."""
        return not isinstance(getattr(self.model.objective, "schedule", None), schedules.Constant | None)

    def _stop(self, what: str, step: int | None) -> None:
        kept = "no epoch was done before"
        if self.epoch:
            kept = f"the model after epoch {self.epoch} is kept"
            kept += f", and zukan report {self.run} draws it" if self.run else ""
        raise DivergedError(f"{what}; {self._advice(step)}; {kept}", step)

    def _advice(self, step: int | None) -> str:
        """Return the likeliest cause, and what to do about it, as half a sentence."""
        model: VAE = self.model
        scale: Any = getattr(model.likelihood, "scale", "learned")
        if step == 1 and self.faulty is not None:  # before any weight has changed
            return f"the {self.faulty} gives it before the first step is taken, so look for a layer of it that does"
        if self.largest > LARGE:
            return (f"the data reaches {self.largest:.4g}, so bring it to a spread near 1 (for features by "
                    "scaling='standard', --scaling standard)")
        if isinstance(model.likelihood, likelihoods.members["normal"]) and scale != "learned" and scale < SMALL_SCALE:
            return (f"the likelihood's scale of {scale:g} makes an error of 1 cost {0.5 / scale**2:,.0f} nats, so use "
                    "a larger one, or 'learned'")
        if abs(self.log_var) > LIMIT:
            return (f"the likelihood's learned scale went to {math.exp(self.log_var / 2):.2g}, so fix it at the size "
                    "of what may differ, such as --likelihood '{name=\"normal\", scale=0.1}'")
        rate = model.optimizer.get_config()["learning_rate"]
        rate = float(rate["config"]["initial_learning_rate"] if isinstance(rate, dict) else rate)
        return (f"the steps were too long, so train again with a learning_rate of {rate / 10:.4g} instead of "
                f"{rate:.4g} (--learning-rate {rate / 10:.4g})")


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
    stop.exact = True
    stop.faulty = _faulty(model, x[:batch_size]) if epoch == 0 else None
    model.pieces = len(x)
    x = x.read_by(0) if isinstance(x, Streamed) else x
    try:
        model.fit(x, epochs=epoch + 1, initial_epoch=epoch, batch_size=batch_size, callbacks=[stop], verbose=0)
    except DivergedError as found:
        return found if found.step is not None else error
    return error  # rounding took another path


def _faulty(model: VAE, x: np.ndarray) -> str | None:
    """Return which half of an untrained model gives what is not finite."""
    z = model.encode(x)
    if not np.isfinite(z).all():
        return "encoder"
    return None if np.isfinite(model.decode(z)).all() else "decoder"
