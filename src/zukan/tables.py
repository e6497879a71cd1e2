"""Rows of numbers in a file: ``.npz``, ``.csv`` or ``.parquet``."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from zukan import checks, files

ENDINGS = (".npz", ".csv", ".parquet")


def check_ending(path: Path, others: tuple[str, ...] = ()) -> None:
    """Raise `checks.InputError` for a file name that is neither a table that can be written here nor of ``others``."""
    checks.choice("the ending of the output file", path.suffix.lower(), (*ENDINGS, *others))
    if path.suffix.lower() == ".parquet":
        try:
            import pyarrow  # noqa: F401, PLC0415 an extra
        except ImportError as error:
            raise checks.InputError(
                f"{str(path)!r} needs the package pyarrow, which is not installed; pip install 'zukan[parquet]'"
            ) from error


def write_codes(path: Path, z: np.ndarray, labels: np.ndarray | None = None) -> None:
    """Write codes, a row an item in the order given: columns ``z0``, ``z1`` … and, where there are labels, ``label``.

    Parameters
    ----------
    path : Path
        The ending chooses the form; ``.npz`` holds the arrays ``z`` and ``label`` instead of columns.
    z : array, shape (n, latent_dim)
    labels : array, shape (n,), optional
    """
    label = {} if labels is None else {"label": labels}
    write(path, {f"z{i}": z[:, i] for i in range(z.shape[1])} | label, {"z": z} | label)


def write_items(path: Path, x: np.ndarray, names: Sequence[str] | None = None) -> None:
    """Write items, a row an item: a column for each feature, by name, or ``x0``, ``x1`` … over the flattened item.

    Parameters
    ----------
    path : Path
        As for `write_codes`; ``.npz`` holds ``x`` in its own shape, and ``columns`` where there are names.
    x : array, shape (n, *event)
    names : sequence of str, optional
    """
    flat = x.reshape(len(x), -1)
    called = [f"x{i}" for i in range(flat.shape[1])] if names is None else list(names)
    arrays = {"x": x} if names is None else {"x": x, "columns": np.array(called)}
    write(path, dict(zip(called, flat.T, strict=True)), arrays)


def write(path: Path, columns: Mapping[str, np.ndarray], arrays: Mapping[str, np.ndarray]) -> None:
    """Write ``columns``, or into an ``.npz`` ``arrays`` instead."""
    check_ending(path)
    with files.replacing(path) as beside:
        if path.suffix.lower() == ".npz":
            np.savez(beside, allow_pickle=False, **dict(arrays))
        elif path.suffix.lower() == ".csv":
            with beside.open("w", encoding="utf-8", newline="") as file:
                writer = csv.writer(file, lineterminator="\n")
                writer.writerow(columns)
                writer.writerows(zip(*(column.tolist() for column in columns.values()), strict=True))
        else:
            import pyarrow as pa  # noqa: PLC0415
            from pyarrow import parquet  # noqa: PLC0415

            parquet.write_table(pa.table(dict(columns)), beside)
