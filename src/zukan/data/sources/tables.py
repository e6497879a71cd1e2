"""Tables of any kind: from named columns to features and labels."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from zukan import checks
from zukan.data.account import Account, LeftOut
from zukan.data.conditions import LABEL
from zukan.data.options import Options
from zukan.data.sources.base import Part, Source
from zukan.data.values import KEEP

Column = npt.NDArray[Any]
_EXACT = 2.0**53  # a float64 can represent every whole number below this
_INDEX_NAMES = {"", "Unnamed: 0", "__index_level_0__"}  # names of the index that pandas writes as the first column


def from_columns(table: Mapping[str, Any], options: Options, columns: Sequence[str] | None = None, *, name: str,
                 text: str, first_row: int = 0) -> Source:
    """Return the source with the features and labels of a table.

    Columns of numbers and booleans are the features, and ``options.label`` names the labels. Other columns, and an
    index that pandas wrote, are skipped and reported.

    Parameters
    ----------
    table : mapping of str to array of shape (n,) or (n, k)
        Columns by name; a column with a list of numbers in each row becomes k columns.
    options : Options
    columns : sequence of str, optional
        The features that a trained run needs, in this order; no other column, and no labels, are then required.
    name, text : str
        As for `Source`.
    first_row : int
        The number of the first row, for messages.

    Raises
    ------
    zukan.InputError
        If the table lacks a column that the model needs, no column is numeric, a value is infinite, or a value is
        missing and ``options.missing`` is false.
    """
    arrays = {key: values for column, content in table.items()
              for key, values in _expand(column, _typed(content), text).items()}
    indexes = [] if columns else [column for column, values in arrays.items() if _is_index(column, values)]
    arrays = {column: values for column, values in arrays.items() if column not in indexes}
    label = options.label
    if label is not None and label not in arrays and not columns:
        raise checks.InputError(f"label must be a column of {text}, which has {_listed(arrays)}, got {label!r}; "
                                f"{_hint(label, arrays)}")
    condition = _condition(options, arrays, text, first_row)
    numeric = [column for column, values in arrays.items()
               if values.dtype.kind in "biuf" and column != label and column not in condition]
    features = _required(columns, arrays, numeric, text) if columns else numeric
    if not features:
        raise checks.InputError(
            f"source {text!r} must have a column of numbers, got only {_listed(arrays)}, which are not numbers; "
            "turn categories into numbers, or give another table")
    for column in features:
        _check_finite(column, arrays[column], text, first_row, missing=options.missing)
    x = np.column_stack([arrays[column].astype(np.float64) for column in features])
    y = _labels(label, arrays[label], text) if label in arrays else None
    others = [column for column in arrays if column not in {*features, *condition, label}]
    account = Account().leaving_out(
        LeftOut("column", "that the run does not use", tuple(others)) if columns else
        LeftOut("column", "without numbers", tuple(others), advice="--label names the column with the classes"),
        LeftOut("column", "with the numbers of the rows", tuple(indexes)))
    part = Part(x, y, f"x in {text}", f"y in {text}", condition=condition)
    return Source(name, text, (part,), tuple(features), account=account)


def _typed(values: Any) -> Column:
    """Return a column of objects as numbers if all of them are numbers or missing, else as text."""
    array = np.asarray(values)
    if array.dtype != object:
        return array
    try:
        return np.array([np.nan if _is_missing(value) else value for value in array.tolist()], np.float64)
    except (TypeError, ValueError):
        return np.array(["" if _is_missing(value) else str(value) for value in array.tolist()])


def _is_missing(value: Any) -> bool:
    """Return whether a cell holds None, NaN, or the missing value of pandas for numbers or dates."""
    return (value is None or (isinstance(value, float) and math.isnan(value))
            or type(value).__name__ in {"NAType", "NaTType"})


def _expand(column: str, values: Column, text: str) -> dict[str, Column]:
    """Return a column with a list of numbers in each row as several columns, any other column alone."""
    if values.ndim == 1:
        return {column: values}
    if values.ndim == 2:
        return {f"{column}{i}": part for i, part in enumerate(values.T)}
    raise checks.InputError(
        f"column {column!r} of {text} must hold a number or a list of numbers in each row, got arrays of shape "
        f"{values.shape[1:]}; flatten them")


def _is_index(column: str, values: Column) -> bool:
    return (column.strip() in _INDEX_NAMES and values.dtype.kind in "iuf"
            and np.array_equal(values, np.arange(len(values))))


def _condition(options: Options, arrays: Mapping[str, Column], text: str, first_row: int) -> dict[str, Column]:
    """Return the columns of the condition, or raise `checks.InputError` if one is not there or has gaps."""
    columns = {name: arrays[name] for name in _required_names(options, arrays, text)}
    for name, values in columns.items():
        _check_finite(name, values, text, first_row, missing=False)
        if values.dtype.kind == "U" and (values == "").any():
            raise checks.InputError(
                f"condition {name!r} of {text} must hold a value in every row, got nothing in row "
                f"{first_row + int(np.argmax(values == ''))} (affected rows: {int((values == '').sum()):,}); fill or "
                "drop those rows")
    return columns


def _required_names(options: Options, arrays: Mapping[str, Column], text: str) -> list[str]:
    """Return the names of the columns of the condition, which are neither the labels nor missing from the table."""
    names = [name for name in options.conditions if name != LABEL]
    for name in names:
        if name not in arrays or name == options.label:
            fix = "choose 'label'" if name == options.label else _hint(name, [*arrays, LABEL])
            raise checks.InputError(
                f"condition must be 'label' or columns of {text} other than the labels, which has {_listed(arrays)}, "
                f"got {name!r}; {fix}")
    return names


def _required(columns: Sequence[str], arrays: Mapping[str, Column], numeric: Sequence[str], text: str) -> list[str]:
    """Return the columns that a run needs, or raise `checks.InputError` if one is missing or holds no numbers."""
    for column in columns:
        if column not in arrays:
            raise checks.InputError(f"source {text!r} must have the column {column!r}, got {_listed(arrays)}; "
                                    f"{_hint(column, arrays)}")
        if column not in numeric:
            raise checks.InputError(
                f"column {column!r} of {text} must hold numbers, as in the data of the run; convert it")
    return list(columns)


def _check_finite(column: str, values: Column, text: str, first_row: int, *, missing: bool) -> None:
    if values.dtype.kind != "f":
        return
    is_bad = np.isinf(values) if missing else ~np.isfinite(values)
    if is_bad.any():
        row = int(np.argmax(is_bad))
        value, keep = ("no value", f", or {KEEP}") if np.isnan(values[row]) else (str(values[row]), "")
        raise checks.InputError(
            f"column {column!r} of {text} must hold a finite number in every row, got {value} in row "
            f"{first_row + row} (affected rows: {int(is_bad.sum()):,}); fill or drop those rows{keep}")


def _labels(label: str, y: Column, text: str) -> Column:
    """Return the labels as whole numbers or text, or raise `checks.InputError`."""
    if y.dtype.kind == "f":
        is_whole = (np.abs(y) < _EXACT) & (y == np.rint(y))
        if not is_whole.all():
            raise checks.InputError(
                f"label column {label!r} of {text} must hold whole numbers below 2**53 or text, got "
                f"{y[~is_whole][0]}; round, fill or renumber it")
        return y.astype(np.int64)
    if y.dtype.kind == "U" and (y == "").any():
        raise checks.InputError(
            f"label column {label!r} of {text} must hold a class in every row, got nothing in "
            f"{int((y == '').sum()):,} of {len(y):,}; fill or drop those rows")
    return y if y.dtype.kind in "biuUS" else y.astype(str)


def _hint(wanted: str, columns: Iterable[str]) -> str:
    return checks.did_you_mean(wanted, columns) or "name one of them"


def _listed(columns: Iterable[str]) -> str:
    return checks.listed(map(repr, columns))
