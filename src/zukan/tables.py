"""Codes as a table in a file: ``.npz``, ``.csv`` or ``.parquet``."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from zukan import checks, files

ENDINGS = (".npz", ".csv", ".parquet")


def check_ending(path: Path) -> None:
    """Raise `checks.InputError` for a file name that `write_codes` does not know, or cannot serve here."""
    checks.choice("the ending of the output file", path.suffix.lower(), ENDINGS)
    if path.suffix.lower() == ".parquet":
        try:
            import pyarrow  # noqa: F401, PLC0415 an extra
        except ImportError as error:
            msg = f"{str(path)!r} needs the package pyarrow, which is not installed; pip install 'zukan[parquet]'"
            raise checks.InputError(msg) from error


def write_codes(path: Path, z: np.ndarray, labels: np.ndarray | None = None) -> None:
    """Write codes, a row an item in the order given: columns ``z0``, ``z1`` … and, where there are labels, ``label``.

    Parameters
    ----------
    path : Path
        The ending chooses the form; ``.npz`` holds the arrays ``z`` and ``label`` instead of columns.
    z : array, shape (n, latent_dim)
    labels : array, shape (n,), optional
    """
    check_ending(path)
    columns = {f"z{i}": z[:, i] for i in range(z.shape[1])} | ({} if labels is None else {"label": labels})
    with files.replacing(path) as beside:
        if path.suffix.lower() == ".npz":
            np.savez(beside, allow_pickle=False, z=z, **({} if labels is None else {"label": labels}))
        elif path.suffix.lower() == ".csv":
            with beside.open("w", encoding="utf-8", newline="") as file:
                writer = csv.writer(file, lineterminator="\n")
                writer.writerow(columns)
                writer.writerows(zip(*(column.tolist() for column in columns.values()), strict=True))
        else:
            import pyarrow as pa  # noqa: PLC0415
            from pyarrow import parquet  # noqa: PLC0415

            parquet.write_table(pa.table(columns), beside)
