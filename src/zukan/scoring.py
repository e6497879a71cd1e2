"""How strange the items of a data set are to a run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from zukan import checks, files, plots, tables
from zukan.data import items
from zukan.evaluation.anomaly import p_values, threshold
from zukan.runs import Run
from zukan.runs.data import reading, reload

USUAL = 1000  # held-out items over which the usual attribution is averaged


@dataclass(frozen=True, eq=False)
class Scores:
    """Scores in nats, higher being stranger, with what the held-out items say of them.

    Parameters
    ----------
    scores, p_values : array, shape (n,)
    threshold : float
    """

    scores: np.ndarray
    p_values: np.ndarray
    threshold: float

    @property
    def above(self) -> np.ndarray:
        """Whether each item lies above the threshold."""
        return self.scores > self.threshold

    @property
    def strangest(self) -> np.ndarray:
        """The numbers of the items, the strangest first."""
        return np.argsort(-self.scores, kind="stable")


def score(path: str | Path, data: Any, out: str | Path | None = None, *, picture: str | Path | None = None,
          quantile: float = 0.99, samples: int = 32, count: int = 10, seed: int = 0,
          tell: Callable[[str], None] = lambda _: None) -> Scores:
    """Score every item of ``data`` by the model of a run, against the items that the run held out.

    Parameters
    ----------
    path : path
        The run.
    data : str, path, array, mapping or tuple
        What `zukan.data.load` takes.
    out : path, optional
        A table (.csv, .npz, .parquet): ``item``, ``score``, ``p_value``, ``above`` and, where there are any, ``label``.
    picture : path, optional
        A .png of the ``count`` strangest items and of where they are strange.
    quantile : float
        Share of the held-out items below the threshold.
    samples, seed : int
        As for `zukan.VAE.score`.
    count : int
        How many items are drawn.
    tell : callable
        Called with a line of text as each stage begins.

    Returns
    -------
    Scores

    Raises
    ------
    zukan.InputError
        When the run is not finished, its data has changed, or ``data`` does not fit its model.
    """
    if out is not None:
        tables.check_ending(Path(out))
    if picture is not None:
        checks.choice("the ending of the picture", Path(picture).suffix.lower(), (".png",))
    checks.integer("count", count)
    if not 0.0 < checks.number("quantile", quantile) < 1.0:
        raise checks.InputError(
            f"quantile must lie above 0 and below 1, got {quantile:g}; 0.99 raises one false alarm in a hundred")
    run = Run.open(path)
    split, names = items(data, **reading(run))
    tell(f"Reading {run.source}")
    held_out = reload(run).test.x
    tell(f"Scoring {len(split):,} items, and {len(held_out):,} that were held out")
    usual = run.model.score(held_out, samples=samples, seed=seed)
    limit = threshold(usual, quantile)
    values = run.model.score(split.x, samples=samples, seed=seed)
    found = Scores(values, p_values(values, usual), limit)
    if out is not None:
        columns = {"item": np.arange(len(values)), "score": values, "p_value": found.p_values, "above": found.above}
        if split.y is not None:
            columns["label"] = split.y if names is None else np.array(names)[split.y]
        tables.write(Path(out), columns, columns)
    if picture is not None:
        _draw(Path(picture), run, split.x[found.strangest[:count]], held_out[:USUAL], found)
    return found


def _draw(picture: Path, run: Run, x: np.ndarray, held_out: np.ndarray, found: Scores) -> None:
    excess = run.model.attribution(x) - run.model.attribution(held_out).mean(axis=0)
    drawn = plots.anomalies(x, run.model.reconstruct(x), excess, found.scores[found.strangest[: len(x)]])
    with files.replacing(picture) as beside:
        drawn.save(beside)
