"""Averages over items, with their standard errors."""

from __future__ import annotations

import math
from typing import Any

import numpy as np


def average(name: str, values: Any) -> dict[str, float]:
    """Return the mean of ``values`` over the items as ``name``, and its standard error as ``name_standard_error``.

    The standard error is the standard deviation over the items, divided by the square root of their number. It says how
    much the mean would differ for other items of the same kind; of a single item it is not defined and absent.

    Parameters
    ----------
    name : str
    values : array, shape (n,)
    """
    values = np.asarray(values, np.float64)
    error = {f"{name}_standard_error": float(values.std(ddof=1) / math.sqrt(len(values)))} if len(values) > 1 else {}
    return {name: float(values.mean()), **error}


def evenly(n: int, at_most: int) -> np.ndarray:
    """Return the positions of at most ``at_most`` of ``n`` items, evenly spaced."""
    return np.arange(n) if n <= at_most else np.arange(at_most) * n // at_most
