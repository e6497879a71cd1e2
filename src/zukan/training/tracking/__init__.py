"""Trackers: TensorBoard, MLflow, and Weights & Biases."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from zukan import checks
from zukan.training.recipe import Recipe
from zukan.training.tracking.base import FILE, Tracker, stored
from zukan.training.tracking.mlflow import MLflow
from zukan.training.tracking.tensorboard import TensorBoard
from zukan.training.tracking.wandb import WandB

__all__ = ["FILE", "TRACKERS", "Tracker", "make", "stored"]

TRACKERS: dict[str, type[Tracker]] = {kind.name: kind for kind in (TensorBoard, MLflow, WandB)}


def make(track: str | Sequence[str], folder: Path, recipe: Recipe) -> list[Tracker]:
    """Return the trackers of a run.

    Parameters
    ----------
    track : str or sequence of str
        Names, as a sequence or separated by commas.
    folder : Path
        The run folder.
    recipe : Recipe

    Raises
    ------
    zukan.InputError
        If a name is not known, or its package is not installed.
    """
    words = track.split(",") if isinstance(track, str) else track
    names = dict.fromkeys(word.strip() for word in words if word.strip())
    kinds = [TRACKERS[checks.choice("track", name, tuple(TRACKERS))] for name in names]
    return [kind(folder, recipe) for kind in kinds]
