"""Results that take long to compute, kept in the run folder for the next time."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from zukan import checks, files
from zukan.runs import Run

PACKAGE = Path(__file__).parents[1]  # a run that comes with zukan stays as it is


def key(codes: npt.NDArray[Any], *settings: object) -> str:
    """Return a text that changes with the codes and with the settings of a method."""
    digest = hashlib.sha256(np.ascontiguousarray(codes).data)
    digest.update(repr((codes.shape, str(codes.dtype), *settings)).encode())
    return digest.hexdigest()


def kept(run: Run, name: str, belongs_to: str, compute: Callable[[], npt.NDArray[Any]]) -> npt.NDArray[Any]:
    """Return the array in the run's file ``explorer-NAME.npz``, or compute and keep it.

    Parameters
    ----------
    run : Run
    name : str
    belongs_to : str
        The `key` of what the array follows from: an array of another key is computed again.
    compute : callable
        Called without arguments if the run holds no array with this key. If the folder cannot be written, the
        result is not kept.
    """
    path = run.file(f"explorer-{name}.npz")
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
            if str(file["key"]) == belongs_to:
                return np.asarray(file["values"])
    except Exception:  # noqa: BLE001, S110 it is missing or damaged, and a damaged file can raise any error
        pass
    values = compute()
    if PACKAGE not in path.resolve().parents:
        try:
            with files.replacing(path, shared=True) as temporary:
                np.savez_compressed(temporary, key=belongs_to, values=values)
        except checks.InputError:
            pass
    return values
