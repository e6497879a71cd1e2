"""Spread: features that hardly vary, so that standardizing them gives huge values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from zukan import checks
from zukan.data.lazy.items import Items
from zukan.data.scaling import TEXTS, Scaling
from zukan.data.values import limits

FAR = 50.0  # standard deviations from the mean from which on a value is told


def narrow_note(xs: Sequence[Any], scaling: Scaling, columns: Sequence[str] | None) -> list[str]:
    """Return a sentence if some standardized features have values very far from their mean.

    Parameters
    ----------
    xs : sequence of arrays or Items of shape (n, d)
        The items of each split, not scaled.
    scaling : Scaling
    columns : sequence of str, optional
        The names of the features.
    """
    if scaling.text != TEXTS["standard"]:
        return []
    ends = [end for x in xs for end in (x.limits if isinstance(x, Items) else limits(x, axis=0))]
    largest = np.fmax.reduce([np.abs((np.asarray(end, np.float64) - scaling.offset) / scaling.factor) for end in ends])
    far = np.flatnonzero(largest > FAR)
    if not far.size:
        return []
    names = [f"feature {i}" if columns is None else repr(columns[i]) for i in far.tolist()]
    verb = "varies" if far.size == 1 else "vary"
    return [(f"{checks.plural(far.size, 'feature')} hardly {verb} ({checks.listed(names, 3)}): the largest scaled "
             f"value is {largest.max():,.0f}; use --scaling minmax or --scaling none")]
