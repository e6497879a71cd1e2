"""A small table with every kind of column, gaps included, as a schema and a raw matrix."""

import numpy as np

from zukan.data.tables.schema import ColumnType, Schema

NAN = np.nan
SCHEMA = Schema((
    ColumnType("length", decimals=2), ColumnType("pages", "count", stored="integer", low=0.0),
    ColumnType("sold", "boolean", stored="boolean"), ColumnType("genre", "category", stored="text", levels=("novel", "poems", "essay")),
    ColumnType("printed", "date", stored="date"), ColumnType("language", "category", stored="text", levels=("ja", "en"))))


def rows(n, seed=0, gaps=0.1):
    """Return n raw rows whose columns depend on one hidden number."""
    rng = np.random.default_rng(seed)
    hidden = rng.normal(size=n)
    raw = np.stack([
        np.round(3 * hidden + rng.normal(size=n), 2), rng.poisson(np.exp(1 + 0.5 * hidden)), hidden + rng.normal(size=n) > 0.3,
        np.clip(np.rint(1 + hidden + 0.5 * rng.normal(size=n)), 0, 2), 86400.0 * np.rint(7000 + 300 * hidden + 50 * rng.normal(size=n)),
        rng.random(n) < 0.4], axis=1).astype(np.float64)
    raw[rng.random(raw.shape) < gaps] = NAN
    return raw
