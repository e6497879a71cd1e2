"""Whether synthetic rows are nearer to the training rows than unseen real rows are."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.neighbors import NearestNeighbors

from zukan.data.tables.schema import SCALED, Schema
from zukan.evaluation.tables.values import Raw, check, is_number, level_count, sample, spread, written

TRAIN, QUERIES = 50_000, 5_000  # rows that are searched, and rows whose nearest one is searched
CELLS = 20_000_000  # numbers of the rows that are searched
NEAR = 0.05  # quantile of the held-out rows' distances
DIGITS = 1e-6  # precision of a column without decimals, in units of its spread


def privacy(schema: Schema, train: Raw, test: Raw, synthetic: Raw, *, seed: int = 0) -> dict[str, Any]:
    """Compare the distances of synthetic rows to the nearest training row with those of held-out rows.

    The squared distance of two rows is a sum over columns: of numbers, the squared difference in units of the standard
    deviation of the training rows; of levels, 1 if they differ. A missing level is one more level; a missing number
    is at the mean, plus 1 if the other is not missing. At most 50,000 training rows are searched, fewer if the table is
    wide, for 5,000 synthetic and as many held-out ones; copies are looked for among all rows.

    This measures how close rows are. It proves no privacy.

    Parameters
    ----------
    schema : Schema
    train, test, synthetic : array, shapes (n, d), (m, d) and (k, d)
        Rows the model was trained on, held-out rows, and rows it drew.
    seed : int

    Returns
    -------
    dict
        - ``median_synthetic``, ``median_held_out``: median distance to the nearest training row; ``ratio``: of the two,
          None if the second is 0. Well below 1 means that the model repeats its training rows.
        - ``near``: share of the synthetic rows that are among the nearest 5 % by the distances of the held-out rows;
          0.05 is usual. If several held-out rows have the distance at which these 5 % end, a synthetic row with it
          counts in part.
        - ``copies``, ``copies_held_out``: share of the rows that equal a training row in every column, after rounding
          to the precision of the column.
        - ``rows``: ``[searched, synthetic, held out]``.
        - ``score``: 1 - max(near - 0.05, 0) / 0.95; 1 is best.
    """
    check(schema, train=train, test=test, synthetic=synthetic)
    width = sum(2 if number else level_count(column) + 1
                for column, number in zip(schema.columns, is_number(schema), strict=True))
    searched = sample(train, max(QUERIES, min(TRAIN, CELLS // width)), seed)
    queries = [sample(raw, QUERIES, seed) for raw in (synthetic, test)]
    neighbors = NearestNeighbors(n_neighbors=1).fit(points(schema, train, searched))
    found = [np.round(neighbors.kneighbors(points(schema, train, raw))[0][:, 0], 6)  # exact to half the digits only
             for raw in queries]
    median, reference = (float(np.median(distances)) for distances in found)
    near = nearer(*found)
    return {"median_synthetic": median, "median_held_out": reference,
            "ratio": median / reference if reference > 0 else None, "near": near,
            "copies": copies(schema, train, synthetic), "copies_held_out": copies(schema, train, test),
            "rows": [len(searched), *map(len, queries)], "score": 1.0 - max(near - NEAR, 0.0) / (1.0 - NEAR)}


def nearer(distances: Raw, reference: Raw) -> float:
    """Return the share of ``distances`` up to the 5 % quantile of ``reference``, whose own share is then 5 %."""
    limit = np.quantile(reference, NEAR, method="inverted_cdf")
    below, at = (reference < limit).mean(), (reference == limit).mean()
    return float((distances < limit).mean() + (distances == limit).mean() * (NEAR - below) / at)


def points(schema: Schema, train: Raw, raw: Raw) -> np.ndarray:
    """Return rows as points whose Euclidean distance is the distance of rows, with the spread of the training rows."""
    parts, widths = [], spread(train)
    for place, (column, number) in enumerate(zip(schema.columns, is_number(schema), strict=True)):
        values = raw[:, place]
        missing = np.isnan(values)
        if number:
            observed = train[~np.isnan(train[:, place]), place]
            middle = observed.mean() if len(observed) else 0.0
            parts += [np.where(missing, 0.0, (values - middle) / widths[place])[:, None], missing[:, None]]
        else:
            level = np.where(missing, level_count(column), np.nan_to_num(values)).astype(np.int64)
            parts.append(np.eye(level_count(column) + 1)[level] / np.sqrt(2))
    return np.concatenate(parts, axis=1).astype(np.float64)


def copies(schema: Schema, train: Raw, rows: Raw) -> float:
    """Return the share of rows that equal a training row in every column."""
    step = np.array([DIGITS if column.decimals is None and column.kind in SCALED and column.stored != "integer" else 0.0
                     for column in schema.columns]) * spread(train)  # the model holds these as float32

    def keys(raw: Raw) -> list[bytes]:
        values = written(schema, raw)
        values = np.where(step > 0, np.rint(values / np.where(step > 0, step, 1.0)), values) + 0.0  # no -0.0
        values[np.isnan(values)] = np.nan  # with the same bits
        return [row.tobytes() for row in np.ascontiguousarray(values)]

    known = set(keys(train))
    return float(np.mean([key in known for key in keys(rows)]))
