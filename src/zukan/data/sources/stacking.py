"""Stacking: from items that come one by one, or in batches, to one array."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np
from PIL import Image

from zukan import checks
from zukan.data.options import CHANNELS, Options
from zukan.data.sources import images
from zukan.data.sources.base import Part

_ITEM_KEYS = ("x", "image", "img", "pixel_values")
_LABEL_KEYS = ("y", "label", "labels", "target")


def stack(elements: Iterable[Any], options: Options, *, batched: bool = False,
          channels_first: bool = False) -> tuple[Part, tuple[str, ...]]:
    """Return all items as one array, with their labels, and notes.

    Parameters
    ----------
    elements : iterable
        Each is an item (an array, a tensor or a PIL image), a pair of an item and its label, or a mapping that names
        them ``x`` or ``image``, and ``y`` or ``label``; with ``batched``, a batch of these.
    options : Options
    batched : bool
    channels_first : bool
        Whether images may have shape (channels, height, width).

    Raises
    ------
    zukan.InputError
        If the source is empty, an element cannot be read, or the items have different shapes.
    """
    xs: list[Any] = []
    ys: list[Any] = []
    for x, y in _items(iter(elements), batched=batched):
        if xs and getattr(x, "shape", None) != getattr(xs[0], "shape", None):
            raise checks.InputError(
                f"source must yield items of one shape, got {np.shape(x)} at item {len(xs)} "
                f"and {np.shape(xs[0])} before; reshape them")
        xs.append(x)
        ys.append(y)
    if not xs:
        raise checks.InputError(
            "source must yield items, got none; an iterator can be read only once, so make a new one")
    if len({y is None for y in ys}) == 2:
        raise checks.InputError(
            "source must yield a label with every item or with none, got items of both kinds; add or remove labels")
    labels = None if ys[0] is None else np.array(ys)
    if isinstance(xs[0], Image.Image):
        x, note = _convert(xs, options)
        return Part(x, labels), (note,)
    x = np.stack(xs)
    shape = x.shape[1:]
    if channels_first and len(shape) == 3 and shape[0] in CHANNELS and shape[-1] not in CHANNELS:
        return Part(np.moveaxis(x, 1, -1), labels), (f"tensors of shape {shape} are read as (channels, height, width)",)
    return Part(x, labels), ()


def split_element(element: Any) -> tuple[Any, Any]:
    """Return the item and the label of an element, or a batch of each; None for a missing label."""
    if isinstance(element, Mapping):
        x = next((element[key] for key in _ITEM_KEYS if key in element), None)
        y = next((element[key] for key in _LABEL_KEYS if key in element), None)
        if x is None:
            raise TypeError(f"it has {checks.listed(map(repr, element))} and none of "
                            f"{checks.listed(map(repr, _ITEM_KEYS))}")
        return x, y
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


def _as_array(value: Any) -> Any:
    """Return a tensor of any library as an array; None and PIL images are returned unchanged."""
    if value is None or isinstance(value, Image.Image):
        return value
    return value.detach().cpu().numpy() if hasattr(value, "detach") else np.asarray(value)


def _convert(pictures: list[Image.Image], options: Options) -> tuple[Any, str]:
    """Return PIL images as one array, and a sentence that describes the conversion."""
    headers = [images.Header((picture.height, picture.width), picture.mode not in images.GRAY_MODES,
                             picture.mode[0] == "I") for picture in pictures]
    conversion, note = images.choose_conversion(headers, options, colored=any(header.colored for header in headers))
    arrays = []
    for number, picture in enumerate(pictures):
        try:
            arrays.append(conversion.apply(picture))
        except Exception as error:  # images are decoded here, and a damaged one can raise any error
            raise checks.InputError(
                f"source must yield images that can be read, but item {number} cannot ({checks.show(str(error))}); "
                "leave it out") from error
    return np.stack(arrays), note
