"""Checks of the dtypes, shapes and values of a source, and the fingerprint of its arrays."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from zukan import checks
from zukan.data.labels import check_labels
from zukan.data.lazy.items import Array, Items, channels_last
from zukan.data.options import CHANNELS
from zukan.data.sources.base import Part, Source
from zukan.data.sources.pictures import hold_pictures
from zukan.data.values import check_finite, unmasked
from zukan.streamed import slices


def check(source: Source, *, missing: bool | None = None) -> Source:
    """Return ``source`` with its items and labels as arrays, the labels of shape (n,).

    Images of shape (channels, height, width), as PyTorch has them, become (height, width, channels), with a note. They
    are known by the first axis, which has 1, 3 or 4 values, and the last, which has another number.

    The values of streamed items are checked later, by `fingerprint`, which reads them all. NaN stands for a
    missing value if ``missing`` is true or, in a table, if it is None.

    Raises
    ------
    zukan.InputError
        If a dtype, a shape or a value is not allowed, or arrays do not match.
    """
    may_lack = source.may_lack(missing)
    source = _channels_last(source.with_parts(_check_part(part, missing=may_lack) for part in source.parts))
    if len(source.parts) == 2:
        _check_match(*source.parts)
    return source


def as_array(name: str, read: Callable[[], Any]) -> Any:
    """Call ``read`` and return the result as an array; `Items`, PIL images and masks are kept.

    Raises
    ------
    zukan.InputError
        If ``read`` fails, or the result is not an array of numbers or text.
    """
    wanted = f"{name} must be an array of numbers, but NumPy cannot convert it to one"
    fix = "stack items of one shape with numpy.stack, or save it again"
    with checks.explained(lambda error: f"{wanted} ({checks.show(str(error))}); {fix}"):
        value = read()
        checks.dense(name, value)
        if isinstance(value, Items) or hold_pictures(value):
            return value
        if isinstance(value, (list, tuple)) and any(isinstance(item, np.ma.MaskedArray) for item in value):
            value = np.ma.stack(value)
        array = value if isinstance(value, np.ma.MaskedArray) else np.asarray(value)
    if array.dtype.hasobject or isinstance(value, (bytes, str)):  # bytes: an archive holds a file that is not an array
        raise checks.InputError(
            f"{name} must be an array of numbers, got {checks.show(value)}; "
            "stack items of one shape with numpy.stack, and make labels text with y.astype(str)")
    return array


def fingerprint(arrays: Mapping[str, Array | Items]) -> str:
    """Return the SHA-256 of the names, dtypes, shapes and bytes of all arrays.

    Streamed items are read for this, and their values are checked.
    """
    digest = hashlib.sha256()
    for name, array in arrays.items():
        digest.update(f"{name} {array.dtype.str} {array.shape}\n".encode())
        if isinstance(array, Items):
            array.survey(digest.update)
        else:
            digest.update(np.ascontiguousarray(array).reshape(-1).view(np.uint8).data)
    return digest.hexdigest()


def check_observed(source: Source) -> None:
    """Raise `checks.InputError` if all training items lack the same feature, or if images hold no value."""
    part = source.parts[0]
    if part.x.dtype.kind != "f":
        return
    is_observed = np.zeros(part.x.shape[1:], bool)
    for piece in slices(part.x):
        is_observed |= ~np.isnan(part.x[piece]).all(axis=0)
        if is_observed.all():
            return
    if is_observed.ndim > 1 and is_observed.any():  # pixels that no image has are harmless
        return
    if is_observed.ndim > 1:
        raise checks.InputError(f"{part.x_name} must hold values, but all of them are missing; give other data")
    empty = np.flatnonzero(~is_observed)
    names = [f"feature {i}" if source.columns is None else repr(source.columns[i]) for i in empty.tolist()]
    raise checks.InputError(
        f"{part.x_name} must hold a value of every feature in some training item, but all values of "
        f"{checks.listed(names)} are missing; leave them out (--leave-out)")


def _channels_last(source: Source) -> Source:
    parts, notes = [], []
    for part in source.parts:
        shape = part.x.shape[1:]
        if len(shape) == 3 and shape[0] in CHANNELS and shape[-1] not in CHANNELS:
            note = f"items of shape {shape} are read as (channels, height, width)"
            notes += [note] if note not in notes else []
            part = part.with_x(channels_last(part.x))  # noqa: PLW2901
        parts.append(part)
    return replace(source, parts=tuple(parts), notes=(*source.notes, *notes))


def _check_part(part: Part, *, missing: bool) -> Part:
    x = unmasked(part.x_name, as_array(part.x_name, lambda: part.x), missing=missing)
    _check_items(part.x_name, x, missing=missing)
    for name, values in part.condition.items():
        if values.shape != (len(x),):
            raise checks.InputError(
                f"condition {name!r} must hold one value for each item of {part.x_name}, got shape {values.shape} for "
                f"{len(x)} items; give both the same length")
    if part.y is None:
        return replace(part, x=x)
    y = unmasked(part.y_name, as_array(part.y_name, lambda: part.y))
    y = check_labels(part.y_name, y[:] if isinstance(y, Items) else y)
    if len(y) != len(x):
        raise checks.InputError(
            f"{part.y_name} must hold one label for each item of {part.x_name}, "
            f"got {len(y)} labels for {len(x)} items; give both the same length")
    return replace(part, x=x, y=y)


def _check_items(name: str, x: Array | Items, *, missing: bool) -> None:
    """Raise `checks.InputError` for a wrong dtype, shape or value; values of streamed items are not read."""
    if x.dtype != np.uint8 and x.dtype.kind not in "bf":
        fix = "convert it to float32"
        if x.dtype.kind in "iu":
            fix = "convert it to uint8 if its values are 0..255, else to float32, and scale it"
        elif x.dtype.kind in "SU":
            fix = "convert it to float32 or, if these are the names of files, give their folder"
        raise checks.InputError(f"{name} must hold uint8, bool or floating-point values, got dtype {x.dtype}; {fix}")
    if not 2 <= x.ndim <= 4:
        raise checks.InputError(
            f"{name} must have shape (n, d), (n, height, width) or (n, height, width, channels), "
            f"got shape {x.shape}; reshape it so that its first axis counts the items")
    if not x.size:
        raise checks.InputError(
            f"{name} must not be empty, got shape {x.shape}; give items with at least one value each")
    if isinstance(x, np.ndarray):
        check_finite(name, x, missing=missing)


def _check_match(train: Part, test: Part) -> None:
    """Raise `checks.InputError` unless the items of both splits have one shape and one kind of dtype."""
    if train.x.shape[1:] != test.x.shape[1:]:
        raise checks.InputError(
            f"{test.x_name} must hold items of the same shape as {train.x_name}, "
            f"got {test.x.shape[1:]} and {train.x.shape[1:]}; reshape one of them")
    if train.x.dtype.kind != test.x.dtype.kind:
        raise checks.InputError(
            f"{test.x_name} must have the same kind of dtype as {train.x_name}, "
            f"got {test.x.dtype} and {train.x.dtype}; convert one of them, and give both the same scale")
