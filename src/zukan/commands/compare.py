"""Compare runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from zukan import checks
from zukan.runs import Run

COLUMNS = ("test −ELBO", "bits per dimension", "reconstruction", "KL", "active units", "k-NN accuracy")


def compare(runs: Sequence[Run]) -> tuple[list[str], list[list[str]]]:
    """Return a table of finished runs: the recipe fields in which they differ, and their results in nats.

    Returns
    -------
    columns : list of str
        The names of the columns.
    rows : list of list of str
        One row per run.

    Raises
    ------
    zukan.InputError
        If ``runs`` is empty, or a run is not finished.
    """
    if not runs:
        raise checks.InputError("runs must be folders that `zukan train` wrote, got none")
    recipes = [run.recipe for run in runs]
    fields = [field.name for field in recipes[0].fields()]
    differing = [name for name in fields
                 if any(getattr(recipe, name) != getattr(recipes[0], name) for recipe in recipes)]
    results = [_results(run.metrics) for run in runs]
    columns = [name for name in COLUMNS if any(name in result for result in results)]
    rows = [[str(run.path), *(str(getattr(run.recipe, name)) for name in differing),
             *(result.get(name, "–") for name in columns)] for run, result in zip(runs, results, strict=True)]
    return ["run", *differing, *columns], rows


def _results(metrics: dict[str, Any]) -> dict[str, str]:
    """Return the results of a run by column. A model whose posterior has no density has no bounds."""
    test, latent = metrics["test"], metrics["latent"]
    results = {"reconstruction": f"{test['reconstruction']:.2f}"}
    if "elbo" in test:
        results |= {"test −ELBO": f"{-test['elbo']:.2f}", "KL": f"{test['kl']:.2f}"}
    if "bits_per_dimension" in test:
        results["bits per dimension"] = f"{test['bits_per_dimension']:.3f}"
    if "active_units" in latent:
        results["active units"] = f"{latent['active_units']} of {len(latent['variables'])}"
    if "classes" in metrics:
        results["k-NN accuracy"] = f"{metrics['classes']['knn_accuracy']:.3f}"
    return results
