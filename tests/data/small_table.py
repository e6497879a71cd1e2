"""A small table with two features and a class."""

import numpy as np

from zukan import data
from zukan.data.tables.schema import ColumnType, Schema

ROWS = [[1.0, 10.0, "a"], [2.0, 20.0, "b"], [3.0, 30.0, "a"], [4.0, 50.0, "b"]]
NUMBERS = np.array([row[:2] for row in ROWS])
TEXT = "height,weight,kind\n" + "".join(f"{a},{b},{c}\n" for a, b, c in ROWS)


def write(tmp_path, text, name="t.csv", encoding="utf-8"):
    (tmp_path / name).write_text(text, encoding=encoding, newline="")
    return tmp_path / name


def numbers(*names):
    """Return the schema of a run whose columns are numbers."""
    return Schema(tuple(map(ColumnType, names)))


def arrays(source, **options):
    """Return the arrays of a source by name."""
    return data.collect(source, **options).arrays
