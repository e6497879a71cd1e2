"""Stop a training that diverges: a term is not finite, or the loss explodes; and find the step and the likely cause."""

from __future__ import annotations

import math
import shlex
from collections.abc import Mapping
from typing import Any

import keras
import numpy as np

from zukan import checks, schedules
from zukan.likelihoods import Normal
from zukan.model import VAE
from zukan.objectives import ELBO
from zukan.optimizers import players
from zukan.streamed import Streamed

LARGE = 100.0  # absolute values in the data above which their scale is the likely cause
SMALL_SCALE = 0.05  # a fixed standard deviation below which the likelihood is the likely cause
LIMIT = 15.0  # a learned log-variance beyond this, in either direction, is about to reach its bound of 20
GROWTH, SLACK = 10.0, 1000.0  # a loss above GROWTH times the best plus SLACK nats does not recover


class DivergedError(checks.InputError):
    """Training diverged, at ``step`` if it is known."""

    def __init__(self, message: str, step: int | None = None) -> None:
        super().__init__(message)
        self.step = step


class DivergedRunsError(DivergedError):
    """Some of several trainings diverged; the others are finished."""

    def __init__(self, errors: Mapping[str, DivergedError], finished: int) -> None:
        (_, first), *others = errors.items()
        also = f"; so did {', '.join(name for name, _ in others)}" if others else ""
        super().__init__(f"{first}{also}; {finished} of {finished + len(errors)} runs are finished", first.step)


class StopOnDivergence(keras.callbacks.Callback):
    """Stop as soon as a term is not finite, or when the loss of an epoch explodes.

    Parameters
    ----------
    run : str, optional
        The run folder, for the message.
    largest : float, default 0.0
        The largest absolute value in the data, for the advice.
    exact : bool, default False
        Whether every batch is one step, so that the message names the step.
    """

    only_reads = True  # see `zukan.compiled.CompiledEpochs`

    def __init__(self, run: str | None = None, largest: float = 0.0, *, exact: bool = False) -> None:
        super().__init__()
        self.run = run
        self.of_run = f" of run {run!r}" if run else ""
        self.largest = largest
        self.exact = exact
        self.best = math.inf
        self.log_var = 0.0
        self.faulty: str | None = None

    def set_model(self, model: VAE) -> None:
        """Look at the parts of the model; to use ``self.model`` later would fetch its weights from the device."""
        super().set_model(model)
        likelihood, objective = model.likelihood, model.objective
        self.learns_scale = isinstance(likelihood, Normal) and likelihood.log_var is not None
        # The weight of the KL changes, so that a growing loss does not mean divergence.
        self.warms_up = isinstance(objective, ELBO) and not isinstance(objective.schedule, schedules.Constant)

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Raise `DivergedError` if a term is not finite; it names the term and the place."""
        logs = logs or {}
        bad = [name for name, value in logs.items() if not (name.startswith("val_") or math.isfinite(float(value)))]
        if bad:
            parts = [name for name in bad if name not in {"loss", "elbo"}] or bad
            step = int(self.model.optimizer.iterations)
            place = "at" if self.exact else f"(part {batch + 1} of it) at or before"
            self._stop(f"{' and '.join(parts)} became {logs[parts[0]]} in epoch {self.epoch + 1}{self.of_run}, {place} "
                       f"step {step}", step if self.exact else None)

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:  # noqa: ARG002
        """Remember the epoch, and the learned scale, which may not be finite when the epoch ends."""
        self.epoch = epoch
        if self.learns_scale:
            self.log_var = float(self.model.likelihood.log_var.value)

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Raise `DivergedError` if the loss has exploded."""
        loss = float((logs or {}).get("reconstruction" if self.warms_up else "loss", math.nan))
        if loss > GROWTH * abs(self.best) + SLACK:
            self._stop(f"the loss grew from {self.best:.4g} to {loss:.4g} nats in epoch {epoch + 1}{self.of_run}", None)
        self.best = min(self.best, loss)

    def _stop(self, problem: str, step: int | None) -> None:
        kept = "no epoch was finished before"
        if self.epoch:
            kept = f"the model after epoch {self.epoch} is kept"
            kept += f", and zukan report {shlex.quote(str(self.run))} draws it" if self.run else ""
        raise DivergedError(f"{problem}; {self._advice(step)}; {kept}", step)

    def _advice(self, step: int | None) -> str:
        """Return the likely cause and the fix as a clause."""
        model: VAE = self.model
        likelihood = model.likelihood
        if step == 1 and self.faulty is not None:  # before any weight has changed
            return f"the untrained {self.faulty} already returns it, so look for the layer that causes it"
        if self.largest > LARGE and not likelihood.unit:  # counts must stay as they are
            return (f"the data reaches {self.largest:.4g}, so bring it to a spread near 1 (for features by "
                    "scaling='standard', --scaling standard)")
        if isinstance(likelihood, Normal) and isinstance(likelihood.scale, float) and likelihood.scale < SMALL_SCALE:
            scale = float(likelihood.scale)
            return (f"the likelihood's scale of {scale:g} makes an error of 1 cost {0.5 / scale**2:,.0f} nats, so use "
                    "a larger one, or 'learned'")
        if abs(self.log_var) > LIMIT:
            return (f"the likelihood's learned scale went to {math.exp(self.log_var / 2):.2g}, so fix it at the size "
                    "of differences that do not matter, such as --likelihood '{name=\"normal\", scale=0.1}'")
        rate = _learning_rate(model.optimizer)
        return (f"the steps were too large, so train again with a learning_rate of {rate / 10:.4g} instead of "
                f"{rate:.4g} (--learning-rate {rate / 10:.4g})")


def _learning_rate(optimizer: keras.optimizers.Optimizer) -> float:
    """Return the learning rate that the user set, also if a schedule decays it."""
    rate = players(optimizer)[0].get_config()["learning_rate"]
    if isinstance(rate, dict):
        config = rate["config"]
        rate = config["rate"] if "rate" in config else config["initial_learning_rate"]
    return float(rate)


def located(error: DivergedError, model: VAE, x: Any, *, epoch: int, batch_size: int, stop: StopOnDivergence,
            condition: Any = None) -> DivergedError:
    """Return ``error`` with its exact step, by training the epoch again one step at a time.

    Parameters
    ----------
    error : DivergedError
    model : VAE
        In its state before ``epoch``.
    x : array
        The training items.
    epoch, batch_size : int
    stop : StopOnDivergence
        The callback that raised ``error``.
    condition : array, optional
        Their conditions, if the model has one.
    """
    stop.exact = True
    stop.faulty = _faulty(model, x[:batch_size], condition) if epoch == 0 else None
    model.steps = 1
    x = x.read_by(0) if isinstance(x, Streamed) else x
    try:
        model.fit(x, condition=condition, epochs=epoch + 1, initial_epoch=epoch, batch_size=batch_size,
                  callbacks=[stop], verbose=0)
    except DivergedError as exact:
        return exact if exact.step is not None else error
    return error  # single steps round differently, and this time training did not diverge


def _faulty(model: VAE, x: np.ndarray, condition: Any) -> str | None:
    """Return which half of an untrained model returns values that are not finite."""
    condition = None if condition is None else condition[: len(x)]
    z = model.encode(x, condition=condition)
    if not np.isfinite(z).all():
        return "encoder"
    return None if np.isfinite(model.decode(z, condition=condition)).all() else "decoder"
