"""How well classifiers tell synthetic rows from real ones."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from zukan.data.tables.schema import Schema
from zukan.evaluation.tables.inputs import pipeline, row_limit, training
from zukan.evaluation.tables.values import Raw, check, sample

ROWS = 10_000  # real and synthetic ones together
FOLDS = 3


def detection(schema: Schema, real: Raw, synthetic: Raw, *, seed: int = 0) -> dict[str, Any]:
    """Train classifiers to tell real rows from synthetic ones.

    They are a logistic regression and gradient-boosted trees. Each row is judged by classifiers that did not see it
    (cross-validation in 3 folds). Equally many rows of both kinds are used, at most 5,000 each, fewer if the table is
    wide.

    Parameters
    ----------
    schema : Schema
    real, synthetic : array, shapes (n, d) and (m, d)
    seed : int
        Of the folds, of the trees, and of the rows that are used.

    Returns
    -------
    dict
        - ``linear``, ``boosting``: area under the ROC curve of each; 0.5 means that it cannot tell them apart.
        - ``rows``: of each kind.
        - ``score``: 1 - 2 max(AUC - 0.5, 0), averaged over both; 1 is best. None with fewer than 3 rows of a kind.
    """
    check(schema, real=real, synthetic=synthetic)
    rows = min(len(real), len(synthetic), row_limit(schema, ROWS) // 2)
    if rows < FOLDS:
        return {"linear": None, "boosting": None, "rows": rows, "score": None}
    both = np.concatenate([sample(real, rows, seed), sample(synthetic, rows, seed + 1)])
    is_synthetic = np.repeat([0, 1], rows)
    folds, every = StratifiedKFold(FOLDS, shuffle=True, random_state=seed), np.arange(len(schema))
    models = {"linear": LogisticRegression(max_iter=300), "boosting": HistGradientBoostingClassifier(random_state=seed)}
    found: dict[str, Any] = {}
    for name, model in models.items():
        with training():
            probability = cross_val_predict(pipeline(schema, every, model), both, is_synthetic, cv=folds,
                                            method="predict_proba")[:, 1]
        found[name] = float(roc_auc_score(is_synthetic, probability))
    score = np.mean([1.0 - 2.0 * max(auc - 0.5, 0.0) for auc in found.values()])
    return found | {"rows": rows, "score": float(score)}
