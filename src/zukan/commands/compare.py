"""Compare runs."""

from __future__ import annotations

from collections.abc import Sequence

from zukan import checks
from zukan.runs import Run


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
        If there are no runs, or one of them is not finished.
    """
    if not runs:
        raise checks.InputError("runs must be folders that `zukan train` wrote, got none")
    recipes = [run.recipe for run in runs]
    fields = [field.name for field in recipes[0].fields()]
    differing = [name for name in fields
                 if any(getattr(recipe, name) != getattr(recipes[0], name) for recipe in recipes)]
    columns = ["run", *differing, "test −ELBO", "reconstruction", "KL", "active units", "k-NN accuracy"]
    rows = []
    for run in runs:
        metrics = run.metrics
        test, latent = metrics["test"], metrics["latent"]
        accuracy = f"{metrics['classes']['knn_accuracy']:.3f}" if "classes" in metrics else "–"
        rows.append([str(run.path), *(str(getattr(run.recipe, name)) for name in differing), f"{-test['elbo']:.2f}",
                     f"{test['reconstruction']:.2f}", f"{test['kl']:.2f}",
                     f"{latent['active_units']} of {len(latent['variance'])}", accuracy])
    return columns, rows
