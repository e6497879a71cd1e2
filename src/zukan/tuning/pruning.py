"""Trials that end early because other trials had a better validation after as many epochs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import keras

from zukan import checks
from zukan.tuning.storage import import_optuna

PRUNERS = ("median", "hyperband", "none")
START = 5  # complete trials before the median says something; nor does it in the first tenth of the epochs


class PrunedError(Exception):
    """All models of a training are pruned."""


class Pruning(keras.callbacks.Callback):
    """Report the validation of each epoch to Optuna, and note when the trial is pruned.

    Parameters
    ----------
    trial : optuna.Trial
    logged : str
        The logged term to report, in nats per item.
    """

    only_reads = True  # see `zukan.compiled.CompiledEpochs`

    def __init__(self, trial: Any, logged: str) -> None:
        super().__init__()
        self.trial, self.logged = trial, logged
        self.pruned_after: int | None = None

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Report."""
        value = float((logs or {}).get(self.logged, math.nan))
        if self.pruned_after is None and math.isfinite(value):
            self.trial.report(value, epoch + 1)
            last = epoch + 1 == self.params["epochs"]
            if not last and self.trial.should_prune():
                self.pruned_after = epoch + 1


class StopPruned(keras.callbacks.Callback):
    """Raise `PrunedError` as soon as no trial is left; it stands after their callbacks.

    Parameters
    ----------
    trials : sequence of Pruning
    """

    only_reads = True

    def __init__(self, trials: Sequence[Pruning]) -> None:
        super().__init__()
        self.trials = trials

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:  # noqa: ARG002
        """Stop if all trials are pruned."""
        if self.trials and all(trial.pruned_after for trial in self.trials):
            raise PrunedError


def make_pruner(name: str, epochs: int) -> Any:
    """Return Optuna's pruner: "median" (doi:10.1145/3097983.3098043), "hyperband" (arXiv:1603.06560) or "none".

    Parameters
    ----------
    name : str
    epochs : int
        Of a whole training, for Hyperband.
    """
    pruners = import_optuna().pruners
    checks.choice("pruner", name, PRUNERS)
    if name == "median":
        return pruners.MedianPruner(n_startup_trials=START, n_warmup_steps=1 + max(1, epochs // 10))
    return pruners.NopPruner() if name == "none" else pruners.HyperbandPruner(max_resource=epochs)
