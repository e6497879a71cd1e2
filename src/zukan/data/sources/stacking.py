"""Stacking: from items that come one by one, or in batches, to one array."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np
from PIL import Image

from zukan import checks
from zukan.data.sources.base import Part
from zukan.data.sources.pictures import hold_pictures, no_image

_ITEM_KEYS = ("x", "image", "img", "pixel_values")
_LABEL_KEYS = ("y", "label", "labels", "target")


def stack(elements: Iterable[Any], *, batched: bool = False, name: str = "source") -> Part:
    """Return all items as one array, or PIL images as a list, with their labels.

    Parameters
    ----------
    elements : iterable
        Each is an item (an array, a tensor or a PIL image), a pair of an item and its label, or a mapping that names
        them ``x`` or ``image``, and ``y`` or ``label``; with ``batched``, a batch of these.
    batched : bool
    name : str
        What messages call the source.

    Raises
    ------
    zukan.InputError
        If the source is empty, an element cannot be read, or the items have different shapes.
    """
    xs: list[Any] = []
    ys: list[Any] = []
    for x, y in _items(iter(elements), batched=batched):
        if x is None:
            raise no_image(name, len(xs))
        if xs and getattr(x, "shape", None) != getattr(xs[0], "shape", None):
            raise checks.InputError(
                f"{name} must yield items of one shape, got {np.shape(x)} at item {len(xs)} "
                f"and {np.shape(xs[0])} before; reshape them")
        xs.append(x)
        ys.append(y)
    if not xs:
        raise checks.InputError(
            f"{name} must yield items, got none; an iterator can be read only once, so make a new one")
    if len({y is None for y in ys}) == 2:
        raise checks.InputError(
            f"{name} must yield a label with every item or with none, got items of both kinds; add or remove labels")
    labels = None if ys[0] is None else np.array(ys)
    return Part(xs if hold_pictures(xs) else _stacked(xs), labels)


def split_element(element: Any) -> tuple[Any, Any]:
    """Return the item and the label of an element, or a batch of each; None for a missing label."""
    if isinstance(element, Mapping):
        key = next((key for key in _ITEM_KEYS if key in element), None)
        y = next((element[key] for key in _LABEL_KEYS if key in element), None)
        if key is None:
            raise TypeError(f"it has {checks.listed(map(repr, element))} and none of "
                            f"{checks.listed(map(repr, _ITEM_KEYS))}")
        return element[key], y
    if isinstance(element, (tuple, list)):
        return element[0], element[1] if len(element) > 1 else None
    return element, None


def _items(elements: Iterator[Any], *, batched: bool) -> Iterator[tuple[Any, Any]]:
    """Yield each item with its label."""
    count = 0
    while True:
        try:
            x, y = map(_as_array, split_element(next(elements)))
            items = _unbatched(x, y) if batched else [(x, y)]
        except StopIteration:
            return
        except Exception as error:  # the user's code can raise any error
            raise checks.InputError(
                f"source must yield items, but item {count} failed ({type(error).__name__}: "
                f"{checks.show(str(error))}); make it yield arrays or pairs of an array and a label") from error
        yield from items
        count += len(items)


def _unbatched(x: Any, y: Any) -> list[tuple[Any, Any]]:
    return list(zip(x, [None] * len(x) if y is None else y, strict=True))


def _stacked(xs: list[Any]) -> Any:
    """Return items as one array, a masked one if an item is masked."""
    return np.ma.stack(xs) if any(isinstance(x, np.ma.MaskedArray) for x in xs) else np.stack(xs)


def _as_array(value: Any) -> Any:
    """Return a tensor of any library as an array; None, PIL images and masked arrays are returned unchanged."""
    if value is None or isinstance(value, (Image.Image, np.ma.MaskedArray)):
        return value
    return value.detach().cpu().numpy() if hasattr(value, "detach") else np.asarray(value)
