"""All measures of synthetic rows together."""

from __future__ import annotations

from typing import Any

import numpy as np

from zukan.data.tables.schema import Schema
from zukan.evaluation.tables.associations import associations
from zukan.evaluation.tables.detection import detection
from zukan.evaluation.tables.marginals import marginals
from zukan.evaluation.tables.privacy import privacy
from zukan.evaluation.tables.utility import utility
from zukan.evaluation.tables.values import Raw, check, sample, with_gaps, written

MARGINAL_ROWS, PAIR_ROWS = 100_000, 20_000
MEASURES = ("marginals", "associations", "utility", "detection", "privacy")


def quality(schema: Schema, train: Raw, test: Raw, synthetic: Raw, *, target: str | None = None,
            seed: int = 0) -> dict[str, Any]:
    """Measure how good synthetic rows are.

    All values are first brought to the range and the precision of their column, as a table holds them. If the training
    rows have gaps and no synthetic row has one, then associations, detection and privacy see the synthetic rows with
    the gaps of training rows picked at random: they then compare values.

    Parameters
    ----------
    schema : Schema
    train, test, synthetic : array, shapes (n, d), (m, d) and (k, d)
        Rows the model was trained on, held-out rows, and rows it drew.
    target : str, optional
        The column that models predict; by default the last boolean or category, or else the last column.
    seed : int
        Of every choice of rows and of every model.

    Returns
    -------
    dict
        Values that JSON can hold.

        - ``overall``: the mean of the scores that are not None.
        - ``scores``: ``marginals``, ``associations``, ``utility``, ``detection`` and ``privacy``; 1 is best, 0 worst.
        - One entry for each measure, what its function in `zukan.evaluation.tables` returns. The first two compare
          ``synthetic`` with ``train``, on at most 100,000 and 20,000 rows of each; detection does so, too.
        - ``held_out``: the scores of marginals and associations with ``test`` in the place of ``synthetic``: what other
          rows of the same table reach. Fewer rows reach less.
        - ``rows``: how many there are: ``train``, ``test`` and ``synthetic``. ``gaps_added``: whether synthetic rows
          got the gaps of training rows.
    """
    check(schema, train=train, test=test, synthetic=synthetic)
    train, test, synthetic = (written(schema, raw) for raw in (train, test, synthetic))

    gappy = with_gaps(train, synthetic, seed)

    def alike(other: Raw, gappy: Raw) -> list[dict[str, Any]]:
        return [marginals(schema, *(sample(raw, MARGINAL_ROWS, seed) for raw in (train, other))),
                associations(schema, *(sample(raw, PAIR_ROWS, seed) for raw in (train, gappy)), seed=seed)]

    nothing: dict[str, Any] = {"score": None}
    found = dict(zip(MEASURES, [
        *alike(synthetic, gappy),
        utility(schema, train, test, synthetic, target=target, seed=seed) if len(schema) > 1 else nothing,
        detection(schema, train, gappy, seed=seed),
        privacy(schema, train, test, gappy, seed=seed)], strict=True))
    scores = {name: measure["score"] for name, measure in found.items()}
    overall = float(np.mean([score for score in scores.values() if score is not None]))
    return {"overall": overall, "scores": scores, **found,
            "held_out": dict(zip(MEASURES, [measure["score"] for measure in alike(test, test)], strict=False)),
            "rows": {"train": len(train), "test": len(test), "synthetic": len(synthetic)},
            "gaps_added": gappy is not synthetic}
