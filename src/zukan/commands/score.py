"""Score how anomalous the items of a data set are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from zukan import checks, plots
from zukan.commands import output
from zukan.evaluation.anomaly import p_values, threshold
from zukan.model import VAE
from zukan.runs import Run
from zukan.runs.data import Read, read_items

REFERENCE = 1000  # held-out items for the average attribution that is subtracted in the picture


@dataclass(frozen=True, eq=False)
class Scores:
    """Anomaly scores in nats, compared with those of the held-out items.

    Parameters
    ----------
    scores : array, shape (n,)
        Higher is more anomalous.
    p_values : array, shape (n,)
        Conformal p-values, as `zukan.evaluation.anomaly.p_values` returns them.
    threshold : float
        Items with higher scores count as anomalies.
    """

    scores: np.ndarray
    p_values: np.ndarray
    threshold: float

    @property
    def above(self) -> np.ndarray:
        """Whether each item is above the threshold."""
        return self.scores > self.threshold

    @property
    def strangest(self) -> np.ndarray:
        """The row numbers of the items, from the highest score to the lowest."""
        return np.argsort(-self.scores, kind="stable")


def score(path: str | Path, data: Any, out: str | Path | None = None, *, picture: str | Path | None = None,
          quantile: float = 0.99, samples: int = 32, count: int = 10, seed: int = 0,
          log: Callable[[str], None] = lambda _: None) -> Scores:
    """Score every item of ``data`` with the model of a run, and compare with the items that the run held out.

    Parameters
    ----------
    path : path
        The run folder.
    data : str, path, array, mapping or tuple
        A source for `zukan.data.load`.
    out : path, optional
        A table (``.csv``, ``.npz``, ``.parquet``) with the columns ``item``, ``score``, ``p_value``, ``above`` and, if
        the data has labels, ``label``.
    picture : path, optional
        A ``.png`` file that shows the ``count`` items with the highest scores, and which of their values are unusual.
    quantile : float
        Share of the held-out items below the threshold.
    samples, seed : int
        As for `zukan.VAE.score`.
    count : int
        Number of items in the picture.
    log : callable
        Called with a line of text when a stage begins.

    Returns
    -------
    Scores

    Raises
    ------
    zukan.InputError
        If the run is not finished, its data has changed, or ``data`` does not fit its model.
    """
    if out is not None:
        output.check_ending(Path(out), output.TABLES)
    if picture is not None:
        checks.choice("the ending of the picture", Path(picture).suffix.lower(), (".png",))
    checks.integer("count", count)
    if not 0.0 < checks.number("quantile", quantile) < 1.0:
        raise checks.InputError(
            f"quantile must be above 0 and below 1, got {quantile:g}; 0.99 gives one false alarm in a hundred items")
    run = Run.open(path)
    if not run.model.posterior.density:
        raise checks.InputError(
            f"score needs a model whose posterior has a density, but that of run {str(run.path)!r} has none; train one "
            "with --posterior normal --objective elbo, for example")
    x, labels, condition, _ = read_items(run, data, log)
    log(f"Reading {run.source}")
    held_out, _, classes, _ = read_items(run)
    log(f"Scoring {len(x):,} items and {len(held_out):,} held-out items")
    reference = run.model.score(held_out, condition=classes, samples=samples, seed=seed)
    limit = threshold(reference, quantile)
    scores = run.model.score(x, condition=condition, samples=samples, seed=seed)
    result = Scores(scores, p_values(scores, reference), limit)
    if out is not None:
        label = {} if labels is None else {"label": labels}
        output.write_table(Path(out), {"item": np.arange(len(scores)), "score": scores, "p_value": result.p_values,
                                       "above": result.above} | label)
    if picture is not None:
        rows = result.strangest[:count]
        shown = Read(x[rows], None, None if condition is None else condition[rows], rows)
        usual = Read(held_out[:REFERENCE], None, None if classes is None else classes[:REFERENCE], rows)
        _draw(Path(picture), run.model, shown, usual, scores[rows])
    return result


def _draw(picture: Path, model: VAE, shown: Read, held_out: Read, scores: np.ndarray) -> None:
    """Draw items with the attribution of their scores, minus its average over held-out items."""
    terms, usual = (model.attribution(items.x, condition=items.condition) for items in (shown, held_out))
    reconstructed = model.reconstruct(shown.x, condition=shown.condition)
    output.save_picture(picture, plots.anomalies(shown.x, reconstructed, terms - usual.mean(axis=0), scores))
