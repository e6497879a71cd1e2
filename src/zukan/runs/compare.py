"""Runs side by side."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from zukan import checks
from zukan.runs.run import Run


def compare(runs: Sequence[Run]) -> tuple[list[str], list[list[str]]]:
    """Return the names of the columns, and a row a run: in what the recipes differ, then what was measured (nats).

    Raises
    ------
    zukan.InputError
        When there is none, or one has not finished.
    """
    if not runs:
        raise checks.InputError("runs must be folders that `zukan train` wrote, got none")
    recipes = [dataclasses.asdict(run.recipe) for run in runs]
    differ = [name for name in recipes[0] if any(recipe[name] != recipes[0][name] for recipe in recipes)]
    head = ["run", *differ, "test −ELBO", "reconstruction", "KL", "active units", "neighbours agree"]
    rows = []
    for run, recipe in zip(runs, recipes, strict=True):
        metrics = run.metrics
        test, latent = metrics["test"], metrics["latent"]
        accuracy = f"{metrics['classes']['knn_accuracy']:.3f}" if "classes" in metrics else "–"
        rows.append([str(run.path), *(str(recipe[name]) for name in differ), f"{-test['elbo']:.2f}",
                     f"{test['reconstruction']:.2f}", f"{test['kl']:.2f}",
                     f"{latent['active_units']} of {len(latent['variance'])}", accuracy])
    return head, rows
