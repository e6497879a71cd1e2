"""Arrays in memory: a single array, (x, y), Keras's pairs, or arrays by name, as in ``.npz`` files.

The names are ``x_train`` with any of ``y_train``, ``x_test``, ``y_test``; or ``x`` with or without ``y``; or any name
for a single array. ``columns`` names the features of a table.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from zukan import checks
from zukan.data.checking import as_array
from zukan.data.lazy.items import Array, Items
from zukan.data.sources.base import Part, Source

COLUMNS = "columns"
_TRAIN, _TEST, _ALL = ("x_train", "y_train"), ("x_test", "y_test"), ("x", "y")


def read(value: Any) -> Source:
    """Return an array, a tuple of arrays or a mapping of arrays as a source."""
    name, text = "arrays", "arrays in memory"
    checks.dense("source", value)
    if isinstance(value, Mapping):
        return read_named(value, name=name, text=text)
    if isinstance(value, tuple) and len(value) == 2:
        if all(isinstance(pair, tuple) and len(pair) == 2 for pair in value):
            arrays = dict(zip((*_TRAIN, *_TEST), (*value[0], *value[1]), strict=True))
        else:
            arrays = dict(zip(_ALL, value, strict=True))
        return read_named(arrays, name=name, text=text)
    if hasattr(value, "__array__") or isinstance(value, list):
        return Source(name, text, (Part(value, x_name="source"),))
    shown = f"a tuple of {len(value)}" if isinstance(value, tuple) else checks.show(value)
    raise checks.InputError(
        "source must be a name, a path, an array, a mapping of arrays, (x, y), ((x_train, y_train), "
        "(x_test, y_test)), a data frame, or a data set of torch, TensorFlow or Hugging Face, "
        f"got {shown}; give one of these")


def read_named(arrays: Mapping[str, Any], *, name: str, text: str, path: str = "") -> Source:
    """Return arrays by name as a source.

    Parameters
    ----------
    arrays : mapping of str to array or Items
        An open ``.npz`` file is such a mapping; only the arrays that are used are read. A value of None counts as
        missing.
    name, text : str
        As for `Source`.
    path : str
        The file, for messages; "" for arrays in memory.
    """
    where = f" in {path}" if path else ""
    if not isinstance(arrays, np.lib.npyio.NpzFile):
        arrays = {str(key): array for key, array in arrays.items() if array is not None}
    names = [key for key in arrays if key != COLUMNS]
    pairs = _roles(names, path or "source")

    def array(key: str) -> Any:
        return as_array(f"{key}{where}", lambda: arrays[key])

    parts = tuple(Part(array(x), array(y) if y in names else None, f"{x}{where}", f"{y}{where}") for x, y in pairs)
    used = {key for pair in pairs for key in pair}
    columns = _columns(arrays, parts, path or "source") if COLUMNS in arrays else None
    return Source(name, text, parts, columns, tuple(key for key in names if key not in used))


def named(source: Source) -> dict[str, Array | Items]:
    """Return the arrays of a source by name, so that `read_named` returns the same source."""
    pairs = (_ALL,) if len(source.parts) == 1 else (_TRAIN, _TEST)
    arrays: dict[str, Array | Items] = {}
    for (x, y), part in zip(pairs, source.parts, strict=True):
        arrays[x] = part.x
        if part.y is not None:
            arrays[y] = part.y
    return arrays


def _roles(names: list[str], name: str) -> list[tuple[str, str | None]]:
    """Return the names of the items and of the labels, if there are any, for each part of a source."""
    pairs: list[tuple[str, str | None]]
    if "x_train" in names:
        pairs = [_TRAIN, _TEST] if "x_test" in names else [_TRAIN]
    else:
        pairs = [(names[0], None)] if len(names) == 1 else [_ALL]
    used = {key for pair in pairs for key in pair}
    if pairs[0][0] not in names or {*_TRAIN, *_TEST, *_ALL} & {*names} - used:
        raise checks.InputError(
            f"{name} must hold x_train (with any of y_train, x_test, y_test), or x (with or "
            f"without y), or a single array, but it holds {checks.listed(names)}; rename or drop arrays accordingly")
    return pairs


def _columns(arrays: Mapping[str, Any], parts: tuple[Part, ...], name: str) -> tuple[str, ...]:
    """Return the names of the features, or raise `checks.InputError` if they do not match the items."""
    names = as_array(f"{COLUMNS} in {name}", lambda: arrays[COLUMNS])
    if names.ndim != 1 or names.dtype.kind != "U" or any(len(names) not in part.x.shape[1:] for part in parts):
        raise checks.InputError(
            f"{COLUMNS} in {name} must hold text, one name for each feature of x, "
            f"got {checks.show(names)}; name every feature, or remove columns")
    return tuple(names.tolist())
