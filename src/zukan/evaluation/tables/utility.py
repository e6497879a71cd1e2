"""Whether models learn the same from synthetic rows as from real ones."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import accuracy_score, f1_score, r2_score

from zukan import checks
from zukan.data.tables.schema import Schema
from zukan.evaluation.tables.inputs import pipeline, row_limit, training
from zukan.evaluation.tables.values import CLASSES, Raw, check, sample

ROWS = 10_000
ROUNDS = 100


def utility(schema: Schema, train: Raw, test: Raw, synthetic: Raw, *, target: str | None = None,
            seed: int = 0) -> dict[str, Any]:
    """Train models to predict one column from the others, on real and on synthetic rows, and test both on real rows.

    The models are a linear one (logistic regression, or ridge regression for numbers) and gradient-boosted trees:
    100 rounds, fewer if there are more than three levels, since each has a tree per round. They are trained on at most
    10,000 rows, fewer if the table is wide, and the same number of real and of synthetic ones. Rows without a value of
    the target are left out.

    Parameters
    ----------
    schema : Schema
        Of at least two columns.
    train, test, synthetic : array, shapes (n, d), (m, d) and (k, d)
    target : str, optional
        The column to predict; by default the last boolean or category, or else the last column.
    seed : int

    Returns
    -------
    dict
        - ``target``, ``metric`` ("macro F1" over the levels in ``test``, or "R²"), ``rows`` trained on at most.
        - ``models``: by name, the metric on ``test`` after training on ``real`` and on ``synthetic`` rows; for levels
          also ``accuracy_real`` and ``accuracy_synthetic``.
        - ``real``, ``synthetic``: the metric, averaged over the models.
        - ``score``: synthetic / real, between 0 and 1; None if even models trained on real rows predict nothing
          (real ≤ 0), or no row has the target.

    Raises
    ------
    zukan.InputError
        If the table does not have this column, or has only one column.
    """
    check(schema, train=train, test=test, synthetic=synthetic)
    if len(schema) < 2:
        raise checks.InputError("schema must have at least two columns, one to predict from the others, got one; "
                                "leave out utility")
    place = target_column(schema, target)
    classes = schema.kinds[place] in CLASSES
    others = np.delete(np.arange(len(schema)), place)
    train, test, synthetic = (raw[~np.isnan(raw[:, place])] for raw in (train, test, synthetic))
    rows = min(row_limit(schema, ROWS), len(train))
    result: dict[str, Any] = {"target": schema.names[place], "metric": "macro F1" if classes else "R²", "rows": rows,
                              "models": {}, "real": None, "synthetic": None, "score": None}
    if not len(train) or not len(test):
        return result
    for name in ("linear", "boosting"):
        numbers: dict[str, float] = {}
        for source, raw in (("real", train), ("synthetic", synthetic)):
            some = sample(raw, rows, seed)
            numbers |= _tested(schema, others, place, some, test, name, seed, source)
        result["models"][name] = numbers
    for source in ("real", "synthetic"):
        result[source] = float(np.mean([numbers[source] for numbers in result["models"].values()]))
    if result["real"] > 0:
        result["score"] = float(np.clip(result["synthetic"] / result["real"], 0.0, 1.0))
    return result


def target_column(schema: Schema, target: str | None) -> int:
    """Return the place of the column to predict: the last one with levels, or else the last one, by default."""
    if target is not None:
        return schema.names.index(checks.choice("target", target, schema.names))
    return max((place for place, kind in enumerate(schema.kinds) if kind in CLASSES), default=len(schema) - 1)


def _tested(schema: Schema, others: np.ndarray, place: int, rows: Raw, test: Raw, name: str, seed: int,
            source: str) -> dict[str, float]:
    """Train a model on some rows and return its metrics on the test rows."""
    truth, classes = test[:, place], schema.kinds[place] in CLASSES
    if not len(rows):  # nothing to learn from
        return {source: 0.0} | ({f"accuracy_{source}": 0.0} if classes else {})
    known = rows[:, place]
    if not classes:
        known = (known - known.mean()) / (known.std() or 1.0)  # the penalty of ridge regression has no unit
    model = pipeline(schema, others, _model(name, len(np.unique(known)) if classes else 0, seed))
    with training():
        predicted = model.fit(rows, known).predict(test)
    if not classes:
        predicted = predicted * (rows[:, place].std() or 1.0) + rows[:, place].mean()
        return {source: float(r2_score(truth, predicted)) if len(truth) > 1 else 0.0}
    return {source: float(f1_score(truth, predicted, labels=np.unique(truth), average="macro", zero_division=0.0)),
            f"accuracy_{source}": float(accuracy_score(truth, predicted))}


def _model(name: str, levels: int, seed: int) -> Any:
    """Return a model for a target with so many levels; 0 stands for numbers."""
    if levels == 1:
        return DummyClassifier(strategy="most_frequent")
    if name == "linear":
        return LogisticRegression(max_iter=300) if levels else Ridge()
    if not levels:
        return HistGradientBoostingRegressor(max_iter=ROUNDS, random_state=seed)
    rounds = int(np.clip(3 * ROUNDS // levels, 10, ROUNDS))
    return HistGradientBoostingClassifier(max_iter=rounds, random_state=seed)
