"""Spread: features that hardly vary, so that scaling them gives huge values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

from zukan import checks
from zukan.data.lazy.items import Items
from zukan.data.scaling import TEXTS, Scaling
from zukan.data.values import limits

FAR = 50.0  # largest size of a scaled value that is not told; it costs 1250 nats under a standard normal distribution


class Far(NamedTuple):
    """Scaled values beyond `FAR`: the largest, the names of their features, and the options that avoid them."""

    value: float
    features: tuple[str, ...]
    options: str


def far_values(ends: Iterable[Any], scaling: Scaling, columns: Sequence[str] | None) -> Far | None:
    """Return the values that lie far from all others of their feature, None if there are none.

    Parameters
    ----------
    ends : iterable of arrays of shape (d,)
        The smallest and the largest scaled values of each feature. They are not read unless ``scaling`` treats each
        feature on its own.
    scaling : Scaling
    columns : sequence of str, optional
        The names of the features.
    """
    if not np.ndim(scaling.factor):
        return None
    is_scaled = (scaling.offset != 0) | (scaling.factor != 1)  # counts and categories are not
    largest = np.where(is_scaled, np.fmax.reduce([np.abs(end) for end in ends]), 0.0)
    order = [i for i in np.argsort(-largest, kind="stable").tolist() if largest[i] > FAR]
    if not order:
        return None
    is_relative = scaling.text in {TEXTS["standard"], TEXTS["auto"]}
    options = "--scaling minmax or --scaling none" if is_relative else "--scaling none"
    names = (f"feature {i}" if columns is None else repr(columns[i]) for i in order)
    return Far(float(largest[order[0]]), tuple(names), options)


def narrow_note(xs: Sequence[Any], scaling: Scaling, columns: Sequence[str] | None) -> list[str]:
    """Return a sentence if some scaled features have values very far from all others.

    Parameters
    ----------
    xs : sequence of arrays or Items of shape (n, d)
        The items of each split, not scaled.
    scaling : Scaling
    columns : sequence of str, optional
        The names of the features.
    """
    if not np.ndim(scaling.factor):
        return []
    far = far_values((scaling.apply(np.asarray(end, np.float64)[np.newaxis])[0] for x in xs
                      for end in (x.limits if isinstance(x, Items) else limits(x, axis=0))), scaling, columns)
    if far is None:
        return []
    verb = "varies" if len(far.features) == 1 else "vary"
    return [(f"{checks.plural(len(far.features), 'feature')} hardly {verb} ({checks.listed(far.features, 3)}): the "
             f"largest scaled value is {far.value:,.0f}; use {far.options}")]
