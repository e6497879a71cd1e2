"""Write a table of a million rows and 30 columns of all kinds, to measure training and sampling on.

python -m benchmarks.large_table big.parquet
"""

from __future__ import annotations

import sys

import numpy as np
import pyarrow as pa
from pyarrow import parquet

ROWS = 1_000_000


def columns() -> dict[str, pa.Array]:
    """Return 12 numbers with 3 % gaps, 6 counts, 4 booleans and 8 categories that depend on four hidden numbers."""
    rng = np.random.default_rng(0)
    z = rng.normal(size=(ROWS, 4)).astype("float32")
    found = {}
    for i in range(12):
        values = z @ rng.normal(size=4) + 0.5 * rng.normal(size=ROWS)
        values = np.round(np.exp(values) if i % 3 == 0 else values, 3)
        values[rng.random(ROWS) < 0.03] = np.nan
        found[f"num{i}"] = pa.array(values, from_pandas=True)
    for i in range(6):
        found[f"cnt{i}"] = pa.array(rng.poisson(np.exp(0.5 + 0.4 * z[:, i % 4])))
    for i in range(4):
        found[f"flag{i}"] = pa.array(z[:, i] + rng.normal(size=ROWS) > 0)
    for i in range(8):
        size = int(rng.integers(3, 12))
        levels = np.array([f"level{j}" for j in range(size)])
        places = ((z[:, i % 4] + 0.5 * rng.normal(size=ROWS) + 2) / 4 * size).astype(int)
        found[f"cat{i}"] = pa.array(levels[places.clip(0, size - 1)])
    return found


if __name__ == "__main__":
    parquet.write_table(pa.table(columns()), sys.argv[1])
