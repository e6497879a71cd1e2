"""Items as a model takes them: scaled, and binarized if the options say so."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from zukan.data import binarizing
from zukan.data.lazy.items import Array, Items
from zukan.data.lazy.rows import Rows
from zukan.data.options import Options
from zukan.data.scaling import Scaling
from zukan.data.values import limits


def scaled(x: Array | Items, scaling: Scaling, options: Options, *, drawn: bool) -> Any:
    """Return items as the model sees them, read when needed if ``x`` is.

    With ``drawn``, they are zeros and ones, drawn from the scaled values.

    Raises
    ------
    zukan.InputError
        If the option ``binarize`` is not "none" and values lie outside of [0, 1].
    """
    items = Rows(x, scaling, options.workers) if isinstance(x, Items) else scaling.apply(x)
    if options.binarize != "none":
        binarizing.check(*value_range(items))
    return binarized(items) if drawn else items


def binarized(items: Array | Rows) -> Any:
    """Return zeros and ones, drawn once from scaled items."""
    if isinstance(items, Rows):
        return items.with_scaling(replace(items.scaling, binarized=True))
    return binarizing.draw(items)


def value_range(*arrays: Array | Rows) -> tuple[float, float]:
    """Return the smallest and the largest value of all arrays, ignoring NaN."""
    low, high = zip(*(x.limits if isinstance(x, Rows) else limits(x) for x in arrays), strict=True)
    return float(limits(np.array(low))[0]), float(limits(np.array(high))[1])
