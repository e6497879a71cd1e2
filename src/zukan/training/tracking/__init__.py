"""Trackers: TensorBoard, MLflow, and Weights & Biases."""

from __future__ import annotations

from collections.abc import Sequence

from zukan import checks
from zukan.training.tracking.base import FILE, Tracker, stored
from zukan.training.tracking.mlflow import MLflow
from zukan.training.tracking.tensorboard import TensorBoard
from zukan.training.tracking.wandb import WandB

__all__ = ["FILE", "TRACKERS", "Tracker", "kinds", "stored"]

TRACKERS: dict[str, type[Tracker]] = {kind.name: kind for kind in (TensorBoard, MLflow, WandB)}


def kinds(track: str | Sequence[str]) -> list[type[Tracker]]:
    """Return the trackers with these names, as a sequence or separated by commas.

    Raises
    ------
    zukan.InputError
        If a name is not known, or its package is not installed.
    """
    words = track.split(",") if isinstance(track, str) else track
    names = dict.fromkeys(word.strip() for word in words if word.strip())
    chosen = [TRACKERS[checks.choice("track", name, tuple(TRACKERS))] for name in names]
    for kind in chosen:
        kind.load()
    return chosen
