"""Runs whose trained models are part of the package: to explore, and to try commands on, before any training."""

from __future__ import annotations

from pathlib import Path

from zukan import checks
from zukan.runs.run import Run

FOLDER = Path(__file__).parent / "demo_runs"  # written by `python -m benchmarks.demo`
DEMOS = {"map": "MNIST on a plane: the preset map with smaller networks",
         "sharp": "MNIST in 16 dimensions: the preset sharp"}


def demo(name: str = "map") -> Run:
    """Return a run on MNIST that is part of the package; its ``model`` is trained.

    The run has its recipe, model, history and metrics, but no figures and no report.

    Parameters
    ----------
    name : {"map", "sharp"}, default "map"
        "map" has 2 latent dimensions, "sharp" has 16 and clearer samples.

    Raises
    ------
    zukan.InputError
        If no such run exists.

    Examples
    --------
    >>> run = zukan.demo()
    >>> run.model.sample(16).shape
    (16, 28, 28, 1)
    """
    return Run.open(FOLDER / checks.choice("demo", name, DEMOS))
