"""From items that come one by one to one array."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from PIL import Image

from zukan import checks
from zukan.data import images
from zukan.data.options import CHANNELS, Options


def gather(elements: Iterator[Any], options: Options, *, batched: bool,
           torch: bool) -> tuple[Any, Any, tuple[str, ...]]:
    """Return what ``elements`` are as one array, their labels or None, and notes.

    Parameters
    ----------
    elements : iterator
        Items, or pairs of an item and its label; or, with ``batched``, batches of them.
    options : Options
    batched : bool
    torch : bool
        Whether images come with their channels first.

    Raises
    ------
    zukan.InputError
        When one fails, there is none, or their shapes differ.
    """
    xs: list[Any] = []
    ys: list[Any] = []
    for x, y in _items(elements, batched=batched):
        if xs and getattr(x, "shape", None) != getattr(xs[0], "shape", None):
            raise checks.InputError(
                f"source must yield items of one shape, got {np.shape(x)} at item {len(xs)} "
                f"and {np.shape(xs[0])} before; bring them to one shape")
        xs.append(x)
        ys.append(y)
    if not xs:
        raise checks.InputError(
            "source must yield items, got none; an iterator can be read only once, so make a new one")
    if any(y is None for y in ys) != all(y is None for y in ys):
        raise checks.InputError(
            "source must yield a label with every item or with none, got both; make it one of the two")
    labels = None if ys[0] is None else np.array(ys)
    if isinstance(xs[0], Image.Image):
        headers = [images.Header((image.height, image.width), image.mode not in images.GREY, image.mode.startswith("I"))
                   for image in xs]
        policy, told = images.policy(headers, options, colour=any(header.colour for header in headers))
        return np.stack([_drawn(policy, image, i) for i, image in enumerate(xs)]), labels, (told,)
    stacked = np.stack(xs)
    shape = stacked.shape[1:]
    if torch and len(shape) == 3 and shape[0] in CHANNELS and shape[-1] not in CHANNELS:
        told = f"tensors of shape {shape} are read as (channels, height, width)"
        return np.moveaxis(stacked, 1, -1), labels, (told,)
    return stacked, labels, ()


def _drawn(policy: images.Policy, image: Image.Image, number: int) -> Any:
    try:
        return policy.apply(image)
    except Exception as error:  # one that is opened only now, and damaged, fails in many ways
        raise checks.InputError(
            f"source must yield images that can be read, but item {number} cannot ({checks.show(str(error))}); "
            "leave it out") from error


def pair(element: Any) -> tuple[Any, Any]:
    """Return an item, or a batch of them, and its label or None."""
    if isinstance(element, Mapping):
        x = next((element[name] for name in ("x", "image", "img", "pixel_values") if name in element), None)
        y = next((element[name] for name in ("y", "label", "labels", "target") if name in element), None)
        if x is None:
            raise TypeError(f"it has {', '.join(map(repr, element))} and none of 'x', 'image', 'img', 'pixel_values'")
        return x, y
    if isinstance(element, (tuple, list)):
        return element[0], element[1] if len(element) > 1 else None
    return element, None


def _items(elements: Iterator[Any], *, batched: bool) -> Iterator[tuple[Any, Any]]:
    count = 0
    while True:
        try:
            element = next(elements)
            x, y = (None if value is None else _plain(value) for value in pair(element))
            found = _unstacked(x, y) if batched else [(x, y)]
        except StopIteration:
            return
        except Exception as error:  # the user's code fails in its own ways
            raise checks.InputError(
                f"source must yield items, but item {count} failed ({type(error).__name__}: "
                f"{checks.show(str(error))}); make it yield arrays or pairs of an array and a label") from error
        yield from found
        count += len(found)


def _unstacked(x: Any, y: Any) -> list[tuple[Any, Any]]:
    return list(zip(x, [None] * len(x) if y is None else y, strict=True))


def _plain(value: Any) -> Any:
    """Return a tensor of any library as an array; images stay."""
    if isinstance(value, Image.Image):
        return value
    return value.detach().cpu().numpy() if hasattr(value, "detach") else np.asarray(value)
