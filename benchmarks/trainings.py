"""Trainings of benchmarks that take long: a finished run is not trained again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import zukan
from zukan.runs import Run
from zukan.training.recipe import Recipe


def trained(data: str, out: Path, **fields: Any) -> Run:
    """Train and return a run; a finished run at ``out`` whose recipe has the same fields is returned as it is."""
    if Run.exists(out):
        run, recipe = Run.open(out), Recipe.of(**fields)
        if run.is_finished and all(getattr(run.recipe, name) == getattr(recipe, name) for name in fields):
            return run
    return zukan.train(data, out=out, force=True, **fields)
