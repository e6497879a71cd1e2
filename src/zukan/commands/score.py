"""Score how anomalous the items of a data set are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from zukan import checks, plots
from zukan.commands import output
from zukan.data.tables.schema import Schema
from zukan.evaluation.anomaly import largest_quantile, p_values, threshold
from zukan.model import VAE
from zukan.runs import Run
from zukan.runs.data import Read, features, read_items

QUANTILE = 0.99  # one false alarm in a hundred items
CAUSES, LEAST = 3, 0.5  # columns that are named for a row, and nats from which on they are
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
    quantile : float
        The probability that a new item of the same kind as the held-out items scores at most the threshold.
    items : array, shape (n,)
        What each item is called: its file name, or its row number in the source, counted from 0.
    causes : array of str, shape (n,), or None
        For the rows of a table, the columns that raise the score of each row most above the usual, with their nats:
        ``"income (12.3), pet (4.1)"``.
    """

    scores: np.ndarray
    p_values: np.ndarray
    threshold: float
    quantile: float
    items: np.ndarray
    causes: np.ndarray | None = None

    @property
    def above(self) -> np.ndarray:
        """Whether each item is above the threshold."""
        return self.scores > self.threshold

    @property
    def strangest(self) -> np.ndarray:
        """The places of the items in the arrays above, from the highest score to the lowest."""
        return np.argsort(-self.scores, kind="stable")


def score(path: str | Path, data: Any, out: str | Path | None = None, *, picture: str | Path | None = None,
          quantile: float | None = None, samples: int = 32, count: int = 10, seed: int = 0,
          log: Callable[[str], None] = lambda _: None) -> Scores:
    """Score every item of ``data`` with the model of a run, and compare with the items that the run held out.

    Parameters
    ----------
    path : path
        The run folder.
    data : str, path, array, mapping or tuple
        A source for `zukan.data.load`.
    out : path, optional
        A table (``.csv``, ``.npz``, ``.parquet``) with the columns ``item``, ``score``, ``p_value``, ``above``, for the
        rows of a table ``causes`` and, if the data has labels, ``label``.
    picture : path, optional
        A ``.png`` file that shows the ``count`` items with the highest scores, and which of their values are unusual.
    quantile : float, optional
        The probability that a new item like the held-out ones scores at most the threshold; by default 0.99, or the
        largest that the held-out items support.
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
        If the run is not finished, its data has changed, ``data`` does not fit its model, or there are too few held-out
        items for ``quantile``.
    """
    if out is not None:
        output.check_ending(Path(out), output.TABLES)
    if picture is not None:
        checks.choice("the ending of the picture", Path(picture).suffix.lower(), (".png",))
    checks.integer("count", count)
    if quantile is not None and not 0.0 < checks.number("quantile", quantile) < 1.0:
        raise checks.InputError(
            f"quantile must be above 0 and below 1, got {quantile:g}; 0.99 gives one false alarm in a hundred items")
    run = Run.open(path)
    if not run.model.density:
        raise checks.InputError(
            f"score needs a model whose posterior has a density, but that of run {str(run.path)!r} has none; train one "
            "with --posterior normal --prior normal --objective elbo, for example")
    items = read_items(run, data, log)
    x, condition = items.x, items.condition
    log(f"Reading {run.source}")
    held_out = read_items(run)
    log(f"Scoring {len(x):,} items and {len(held_out.x):,} held-out items")
    reference = run.model.score(held_out.x, condition=held_out.condition, samples=samples, seed=seed)
    chosen = _supported(len(reference), log) if quantile is None else quantile
    limit = threshold(reference, chosen)
    scores = run.model.score(x, condition=condition, samples=samples, seed=seed)
    schema = features(run)[1]
    causes = None if schema is None else _causes(run.model, schema, items, held_out, seed)
    result = Scores(scores, p_values(scores, reference), limit, chosen, items.ids, causes)
    if out is not None:
        more = {} if causes is None else {"causes": causes}
        label = {} if items.labels is None else {"label": items.labels}
        output.write_table(Path(out), {"item": items.ids, "score": scores, "p_value": result.p_values,
                                       "above": result.above} | more | label)
    if picture is not None:
        rows = result.strangest[:count]
        _draw(Path(picture), run.model, items.at(rows), held_out.at(slice(REFERENCE)), scores[rows])
    return result


def _causes(model: VAE, schema: Schema, items: Read, held_out: Read, seed: int) -> np.ndarray:
    """Return for each row the columns that raise its score most above the average of the held-out rows."""
    terms, usual = (model.attribution(read.x, condition=read.condition, seed=seed) for read in (items, held_out))
    observed = np.maximum((~np.isnan(np.asarray(held_out.x[:]))).sum(axis=0), 1)
    excess = terms - usual.sum(axis=0) / observed
    excess[np.isnan(np.asarray(items.x[:]))] = 0.0  # a gap has no share in a score
    order = np.argsort(-excess, axis=1)[:, :CAUSES]
    return np.array([", ".join(f"{schema.names[place]} ({row[place]:.1f})" for place in places if row[place] > LEAST)
                     for row, places in zip(excess, order.tolist(), strict=True)], str)


def _draw(picture: Path, model: VAE, shown: Read, held_out: Read, scores: np.ndarray) -> None:
    """Draw items with the attribution of their scores, minus its average over held-out items."""
    terms, usual = (model.attribution(items.x, condition=items.condition) for items in (shown, held_out))
    reconstructed = model.reconstruct(shown.x, condition=shown.condition)
    with plots.items_of(model.event_shape):
        output.save_picture(picture, plots.anomalies(shown.x, reconstructed, terms - usual.mean(axis=0), scores,
                                                     names=[str(name) for name in shown.ids]))


def _supported(held_out: int, log: Callable[[str], None]) -> float:
    """Return the default quantile, or the largest that the held-out items support, which is logged."""
    largest = largest_quantile(held_out)
    if largest >= QUANTILE:
        return QUANTILE
    log(f"With {checks.plural(held_out, 'held-out item')}, the quantile is {largest:.4g} instead of {QUANTILE:g}: the "
        f"threshold is the highest score among them")
    return largest
