"""How well gaps are filled: cells are hidden, filled, and compared with what they held."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from zukan import checks
from zukan.data.tables.schema import Schema
from zukan.evaluation.tables.imputers import Fill, baselines
from zukan.evaluation.tables.values import Raw, check, is_number, sample, spread

SHARES = (0.1, 0.3, 0.5)
ROWS = 2_000  # test rows whose cells are hidden


def imputation(schema: Schema, train: Raw, test: Raw, fills: Mapping[str, Fill], *, shares: Sequence[float] = SHARES,
               compare: bool = True, seed: int = 0) -> dict[str, Any]:
    """Hide some of the observed cells of the test rows at random, fill them, and measure the errors.

    Parameters
    ----------
    schema : Schema
    train, test : array, shapes (n, d) and (m, d)
        At most 2,000 test rows are used.
    fills : mapping of callables
        Imputers by name; each takes a raw matrix and returns it with every gap filled.
    shares : sequence of float
        Of the observed cells that are hidden.
    compare : bool
        Add scikit-learn's imputers, as `zukan.evaluation.tables.imputers.baselines` fits them on ``train``.
    seed : int
        Chooses the cells; all imputers get the same ones.

    Returns
    -------
    dict
        - ``shares``; ``rows``: how many test rows are used.
        - ``methods``: by name, lists with one value per share. ``mse`` and ``rmse``: the mean of the squared errors of
          all hidden numbers, in units of the standard deviation of their column's training rows, and its root.
          ``wrong``: the share of the hidden levels that are filled with another one. None if nothing of the kind is
          hidden. ``columns``: by name, such a list of the mean squared error of numbers, or the share of wrong levels.

    Raises
    ------
    zukan.InputError
        If an imputer leaves a gap or returns another shape, or a share is not between 0 and 1.
    """
    check(schema, train=train, test=test)
    rows, factor, number = sample(test, ROWS, seed), spread(train), is_number(schema)
    named = (baselines(schema, train, seed=seed) if compare else {}) | dict(fills)
    methods: dict[str, dict[str, Any]] = {
        name: {"mse": [], "rmse": [], "wrong": [], "columns": {column: [] for column in schema.names}}
        for name in named}
    for at, share in enumerate(shares):
        checks.number("share", share, above=0.0, maximum=1.0)
        draws = np.random.default_rng([seed, at]).random(rows.shape)
        hidden = (draws < share) & ~np.isnan(rows)
        for name, fill in named.items():
            filled = _filled(name, fill, np.where(hidden, np.nan, rows))
            errors = np.where(number, ((filled - rows) / factor) ** 2, np.rint(filled) != np.rint(rows))
            found = methods[name]
            for place, column in enumerate(schema.names):
                found["columns"][column].append(_mean(errors[hidden[:, place], place]))
            mse = _mean(errors[:, number][hidden[:, number]])
            found["mse"].append(mse)
            found["rmse"].append(None if mse is None else float(np.sqrt(mse)))
            found["wrong"].append(_mean(errors[:, ~number][hidden[:, ~number]]))
    return {"shares": list(shares), "rows": len(rows), "methods": methods}


def _filled(name: str, fill: Fill, gaps: Raw) -> Raw:
    """Return rows as an imputer fills them, or raise `checks.InputError` if it does not."""
    filled = np.asarray(fill(gaps.copy()), np.float64)
    if filled.shape != gaps.shape or np.isnan(filled).any():
        raise checks.InputError(f"imputer {name!r} must return an array of shape {gaps.shape} without NaN, got "
                                f"{checks.show(filled)} with {int(np.isnan(filled).sum())} NaN; fill every gap")
    return filled


def _mean(errors: Raw) -> float | None:
    return float(errors.mean()) if errors.size else None
