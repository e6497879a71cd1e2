"""What is known of each trial of a study, whichever process made it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

# The attributes of a trial in Optuna's storage. A failed trial counts if its recipe is to blame.
RECIPE, REASON, COUNTS, MEASURES = "recipe", "reason", "counts", "measures"


class Record(NamedTuple):
    """A trial.

    Parameters
    ----------
    number : int
        Counted from 0.
    state : {"complete", "pruned", "failed", "stopped", "running"}
        A failed trial was refused or diverged; a stopped one is made up for by another.
    value : float, optional
        The criterion on the validation items, if the trial is complete.
    fields : mapping
        The values that were drawn, by field of the recipe.
    measures : mapping
        In nats per item ``rate``, ``distortion``, ``elbo`` and ``bound``; ``seconds`` of training, its share of them if
        models trained together; ``parameters``; ``epochs`` that were trained.
    reason : str
        Why it was pruned, failed or stopped.
    recipe : str
        The whole recipe as TOML.
    """

    number: int
    state: str
    value: float | None
    fields: Mapping[str, Any]
    measures: Mapping[str, float]
    reason: str
    recipe: str

    @property
    def taken(self) -> bool:
        """Whether it is one of the trials that were asked for, done or running."""
        return self.state != "stopped"


def records(study: Any) -> tuple[Record, ...]:
    """Return all trials of an Optuna study in the order of their numbers."""
    return tuple(map(record, study.get_trials(deepcopy=False)))


def record(trial: Any) -> Record:
    """Return what is known of a frozen trial of Optuna."""
    attributes = trial.user_attrs
    state = trial.state.name.lower()
    if state == "fail":
        state = "failed" if attributes.get(COUNTS) else "stopped"
    reason = attributes.get(REASON, "its process died or was stopped" if state == "stopped" else "")
    value = float(trial.value) if state == "complete" else None
    return Record(trial.number, "running" if state == "waiting" else state, value, dict(trial.params),
                  attributes.get(MEASURES, {}), reason, attributes.get(RECIPE, ""))


def best_first(trials: Sequence[Record], sign: int) -> list[Record]:
    """Return the complete trials, the best one first; ``sign`` is 1 if larger values are better, otherwise -1."""
    complete = [trial for trial in trials if trial.value is not None]
    return sorted(complete, key=lambda trial: (-sign * (trial.value or 0.0), trial.number))


def pareto_front(points: Any) -> npt.NDArray[np.bool_]:
    """Return which points of shape (n, k) no other point dominates; smaller is better in each of the k numbers.

    A point dominates another one if it is at least as small in every number, and smaller in one
    (doi:10.1109/4235.996017).
    """
    points = np.asarray(points, float)
    no_larger = (points[:, None] <= points[None]).all(axis=-1)
    smaller = (points[:, None] < points[None]).any(axis=-1)
    return ~(no_larger & smaller).any(axis=0)
