"""Arrays in memory: a single array, (x, y), Keras's pairs, or arrays by name, as in ``.npz`` files.

The names are ``x_train`` with any of ``y_train``, ``x_test``, ``y_test``; or ``x`` with or without ``y``; or any name
for a single array. ``columns`` names the features of a table, ``schema`` says as JSON what they are, and ``x_names``
names the items of ``x``. ``conditions`` names the columns that the model is conditioned on; their values for ``x`` are
``x_condition_0``, ``x_condition_1``, …. `zukan.data.sources.factors` reads what the items were made from.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from zukan import checks
from zukan.data.account import Account, LeftOut
from zukan.data.checking import as_array
from zukan.data.conditions import LABEL
from zukan.data.lazy.items import Array, Items
from zukan.data.sources import factors
from zukan.data.sources.base import Part, Source
from zukan.data.tables.schema import ColumnType, Schema

COLUMNS, CONDITIONS, SCHEMA = "columns", "conditions", "schema"
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
    conditions = _names(arrays, CONDITIONS, path or "source") if CONDITIONS in arrays else ()
    keys = {key for x, _ in (_ALL, _TRAIN, _TEST) for key in (
        _names_key(x), *(_condition_key(x, i) for i in range(len(conditions))))}
    names = [key for key in arrays if key not in {COLUMNS, CONDITIONS, SCHEMA, *keys}]
    names = [key for key in names if key not in factors.KEYS] or names
    pairs = _roles(names, path or "source")

    def array(key: str) -> Any:
        if key not in arrays:
            raise checks.InputError(f"{path or 'source'} must hold {key!r}, since it holds {CONDITIONS!r}, got none; "
                                    f"add it, or remove {CONDITIONS!r}")
        return as_array(f"{key}{where}", lambda: arrays[key])

    def condition(x: str) -> dict[str, Any]:
        return {name: array(_condition_key(x, i)) for i, name in enumerate(conditions)}

    parts = tuple(Part(array(x), array(y) if y in names else None, f"{x}{where}", f"{y}{where}",
                       names=_names(arrays, _names_key(x), path or "source") if _names_key(x) in arrays else None,
                       condition=condition(x))
                  for x, y in pairs)
    parts = tuple(replace(part, factors=factors.read(arrays, x, len(part.x), where))
                  for (x, _), part in zip(pairs, parts, strict=True))
    for (x, _), part in zip(pairs, parts, strict=True):
        if part.names is not None and len(part.names) != len(part.x):
            raise checks.InputError(
                f"{_names_key(x)}{where} must hold one name for each item of {x}, got "
                f"{checks.plural(len(part.names), 'name')} for "
                f"{checks.plural(len(part.x), 'item')}; name every item, or remove {_names_key(x)}")
    used = {key for pair in pairs for key in pair}
    schema = _schema(arrays, parts, path or "source") if COLUMNS in arrays else None
    unused = LeftOut("array", "of other names", tuple(key for key in names if key not in used))
    return Source(name, text, parts, schema, account=Account().leaving_out(unused))


def named(source: Source) -> dict[str, Array | Items]:
    """Return the arrays of a source by name, so that `read_named` returns the same source."""
    pairs = (_ALL,) if len(source.parts) == 1 else (_TRAIN, _TEST)
    arrays: dict[str, Array | Items] = {}
    for (x, y), part in zip(pairs, source.parts, strict=True):
        arrays[x] = part.x
        if part.y is not None:
            arrays[y] = part.y
        arrays |= conditions_by_name(x, part.condition) | factors.by_name(x, part.factors)
    return arrays


def names_by_name(source: Source) -> dict[str, Array]:
    """Return the features and the names of items, so that `read_named` returns them beside the arrays of `named`."""
    names: dict[str, Any] = {}
    for (x, _), part in zip((_ALL,) if len(source.parts) == 1 else (_TRAIN, _TEST), source.parts, strict=True):
        names[_names_key(x)] = part.names
    kinds = {} if source.schema is None else arrays_of(source.schema)
    return kinds | {key: np.array(values, str) for key, values in names.items() if values is not None}


def arrays_of(schema: Schema) -> dict[str, Array]:
    """Return the names of the columns and what they are, so that `read_named` returns the schema."""
    record = {"columns": schema.to_json(), "library": schema.library}
    return {SCHEMA: np.array(json.dumps(record)), COLUMNS: np.array(schema.names, str)}


def conditions_by_name(x: str, condition: Mapping[str, Array]) -> dict[str, Array]:
    """Return the columns of a condition for the items ``x``, so that `read_named` returns them; labels are ``y``."""
    labels = {key: condition[LABEL] for items, key in (_ALL, _TRAIN, _TEST) if items == x and LABEL in condition}
    columns = {name: values for name, values in condition.items() if name != LABEL}
    if not columns:
        return labels
    return {**labels, CONDITIONS: np.array(list(columns)),
            **{_condition_key(x, i): values for i, values in enumerate(columns.values())}}


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


def _names_key(x: str) -> str:
    return f"{x}_names"


def _condition_key(x: str, number: int) -> str:
    return f"{x}_condition_{number}"


def _names(arrays: Mapping[str, Any], key: str, name: str) -> tuple[str, ...]:
    """Return the names in the array ``key``, or raise `checks.InputError` if it does not hold names."""
    names = as_array(f"{key} in {name}", lambda: arrays[key])
    if names.ndim != 1 or names.dtype.kind != "U":
        raise checks.InputError(f"{key} in {name} must hold text, one name each, got {checks.show(names)}; "
                                f"give all names, or remove {key}")
    return tuple(names.tolist())


def _schema(arrays: Mapping[str, Any], parts: tuple[Part, ...], name: str) -> Schema:
    """Return what the features are: numbers, if only their names are given.

    Raises
    ------
    zukan.InputError
        If the names or the schema do not match the items.
    """
    names = _names(arrays, COLUMNS, name)
    if any(len(names) not in part.x.shape[1:] for part in parts):
        raise checks.InputError(
            f"{COLUMNS} in {name} must hold one name for each feature of x, got {len(names):,} names for items of "
            f"shape {parts[0].x.shape[1:]}; name every feature, or remove {COLUMNS}")
    if SCHEMA not in arrays:
        return Schema(tuple(ColumnType(column, why="numbers of an array") for column in names))
    with checks.explained(lambda error: f"{SCHEMA} in {name} must hold the JSON that zukan wrote for the columns of x "
                          f"({checks.show(str(error))}); restore it, or remove it to read all columns as numbers"):
        record = json.loads(str(arrays[SCHEMA]))
        schema = Schema.from_json(record["columns"], str(record["library"]))
        if schema.names != names:
            raise ValueError("its names are not those of columns")
    return schema
