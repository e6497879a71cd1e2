"""PIL images in memory, in lists or from iterators: they are read like the images of a folder."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from PIL import Image

from zukan import checks
from zukan.data.options import Options
from zukan.data.sources import images
from zukan.data.sources.base import Source
from zukan.data.sources.headers import describe, reason


def hold_pictures(x: Any) -> bool:
    """Return whether ``x`` is a list, tuple or array of objects that holds PIL images."""
    is_list = isinstance(x, (list, tuple)) or (isinstance(x, np.ndarray) and x.dtype == object and x.ndim == 1)
    return is_list and any(isinstance(item, Image.Image) for item in x)


def with_pictures(source: Source, options: Options) -> Source:
    """Return ``source`` with PIL images as arrays, all parts converted to one shape.

    Raises
    ------
    zukan.InputError
        If an image cannot be read, or only some of the items are PIL images.
    """
    if not any(hold_pictures(part.x) for part in source.parts):
        return source
    everything = [item for part in source.parts for item in part.x]
    for number, item in enumerate(everything):
        if item is None:
            raise no_image("source", number)
        if isinstance(item, Image.Image):
            continue
        raise checks.InputError(
            f"source must hold PIL images only, or none, got {checks.show(item)} beside some; convert all "
            "items to one kind")
    headers = [_tried(number, lambda image=image: describe(image)) for number, image in enumerate(everything)]
    levels = images.survey(headers, lambda number: everything[number].copy())
    conversion, note = images.choose_conversion(headers, options, levels)
    arrays = [_tried(number, lambda image=image: conversion.apply(image)) for number, image in enumerate(everything)]
    ends = np.cumsum([len(part.x) for part in source.parts])[:-1]
    parts = [part.with_x(x) for part, x in zip(source.parts, np.split(np.stack(arrays), ends), strict=True)]
    frames = images.further_frames([f"item {number}" for number in range(len(headers))], headers)
    return replace(source, parts=tuple(parts), notes=(note, *source.notes), account=source.account.leaving_out(frames))


def no_image(name: str, number: int) -> checks.InputError:
    """Return the error for an item without an image."""
    return checks.InputError(f"{name} must have an image in every item, but item {number} has no image; leave it out")


def _tried(number: int, function: Any) -> Any:
    """Return the result of ``function``, or raise `checks.InputError` with the number of the item."""
    try:
        return function()
    except Exception as error:  # images are decoded here, and a damaged one can raise any error
        raise checks.InputError(
            f"source must hold images that can be read, but item {number} cannot ({checks.show(reason(error))}); "
            "leave it out") from error
