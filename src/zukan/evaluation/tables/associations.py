"""How alike the associations of each pair of columns are."""

from __future__ import annotations

from typing import Any

import numpy as np

from zukan import checks
from zukan.data.tables.schema import Schema
from zukan.evaluation.tables.bins import binned
from zukan.evaluation.tables.correlation import correlations, ranks
from zukan.evaluation.tables.marginals import total_variation
from zukan.evaluation.tables.values import Raw, check, is_number

MAX_PAIRS = 1770  # all pairs of 60 columns


def associations(schema: Schema, real: Raw, synthetic: Raw, *, correlation: str = "pearson",
                 seed: int = 0) -> dict[str, Any]:
    """Compare each pair of columns.

    Parameters
    ----------
    schema : Schema
    real, synthetic : array, shapes (n, d) and (m, d)
    correlation : {"pearson", "spearman"}
        Of two columns of numbers.
    seed : int
        Chooses 1770 pairs, if there are more than 60 columns.

    Returns
    -------
    dict
        - ``score``: the average over the pairs, 1 is best; None with a single column. The score of a pair is that of
          SDMetrics' CorrelationSimilarity and ContingencySimilarity. Two columns of numbers: 1 minus half the
          difference of their correlations. Two columns of levels: 1 minus the total variation distance of their
          contingency tables. One of each: the same, with the numbers in 10 bins at the quantiles of the real ones. In
          tables, a gap is a level; correlations leave it out.
        - ``pairs`` and ``of``: how many pairs are compared, of how many.
        - ``numbers``, ``levels``, ``mixed``: the average over pairs of that kind; None if there are none.
        - ``worst``: the 10 pairs with the lowest score, as ``[name, name, score]``.
    """
    check(schema, real=real, synthetic=synthetic)
    checks.choice("correlation", correlation, ("pearson", "spearman"))
    pairs, kinds = chosen_pairs(len(schema), seed), is_number(schema)
    how_many = kinds[pairs].sum(axis=1)
    scores, numeric = np.empty(len(pairs)), how_many == 2
    found = [correlations(ranks(raw) if correlation == "spearman" else raw, pairs[numeric])
             for raw in (real, synthetic)]
    scores[numeric] = 1.0 - np.abs(found[0] - found[1]) / 2
    (one, other), sizes = binned(schema, real, synthetic)
    for at in np.flatnonzero(~numeric):
        first, second = pairs[at]
        cells = sizes[first] * sizes[second]
        scores[at] = 1.0 - total_variation(*(np.bincount(
            codes[:, first] * sizes[second] + codes[:, second], minlength=cells) for codes in (one, other)))
    worst = np.argsort(scores, kind="stable")[:10]
    return {"score": _mean(scores), "pairs": len(pairs), "of": len(schema) * (len(schema) - 1) // 2,
            "numbers": _mean(scores[numeric]), "levels": _mean(scores[how_many == 0]),
            "mixed": _mean(scores[how_many == 1]),
            "worst": [[schema.names[pairs[at, 0]], schema.names[pairs[at, 1]], float(scores[at])] for at in worst]}


def chosen_pairs(columns: int, seed: int) -> np.ndarray:
    """Return pairs of columns, shape (p, 2), the first one's place below the second one's; a sample of very many."""
    total = columns * (columns - 1) // 2
    places = np.arange(total) if total <= MAX_PAIRS else np.sort(
        np.random.default_rng(seed).choice(total, MAX_PAIRS, replace=False))
    second = (np.sqrt(8.0 * places + 1) / 2 + 0.5).astype(np.int64)  # places count (0, 1), (0, 2), (1, 2), (0, 3), …
    return np.stack([places - second * (second - 1) // 2, second], axis=1)


def _mean(scores: Raw) -> float | None:
    return float(scores.mean()) if len(scores) else None
