"""What each latent dimension does to each column of a table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from zukan.data.tables.schema import Schema
from zukan.evaluation.tables.values import Raw, is_number

FROM, TO = 0.1, 0.9  # quantiles of the codes


def effects(decode: Callable[[Any], Raw], means: np.ndarray, schema: Schema, spread: Raw) -> Raw:
    """Move one latent dimension from its 10 % to its 90 % quantile, the others at their median, and compare the rows.

    Parameters
    ----------
    decode : callable
        Takes codes, shape (k, latent_dim), and returns raw rows, shape (k, d).
    means : array, shape (n, latent_dim)
        Codes of rows of the table.
    schema : Schema
    spread : array, shape (d,)
        The standard deviation of each column, as `zukan.evaluation.tables.values.spread` returns it.

    Returns
    -------
    array, shape (latent_dim, d)
        Of numbers, the difference in units of ``spread``. Of booleans and categories, 1 if the level changes, else 0.
    """
    codes = np.asarray(means, np.float64)
    size = codes.shape[1]
    ends = np.tile(np.median(codes, axis=0), (2, size, 1))
    ends[:, np.arange(size), np.arange(size)] = np.quantile(codes, (FROM, TO), axis=0)
    rows = np.asarray(decode(ends.reshape(2 * size, size).astype(np.float32)), np.float64).reshape(2, size, -1)
    change = (rows[1] - rows[0]) / spread
    return np.where(is_number(schema), change, np.rint(rows[0]) != np.rint(rows[1]))
