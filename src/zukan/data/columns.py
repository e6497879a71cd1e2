"""Named columns to features and labels, whatever kind of table they come from."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from zukan import checks
from zukan.data.options import Options
from zukan.data.source import Source

Column = npt.NDArray[Any]
EXACT = 2.0**53  # from which on a float leaves out whole numbers


def source(name: str, text: str, columns: Mapping[str, Any], options: Options, first_row: int = 0) -> Source:
    """Return the table of ``columns`` as a `Source`.

    Numbers and booleans are features, in the order given, or those that ``options.columns`` names; ``options.label``
    names the labels; anything else is left out and told of.

    Parameters
    ----------
    name, text : str
        Short and long, what the source is called.
    columns : mapping of str to array of shape (n,)
    options : Options
    first_row : int
        How the source counts its first row, for messages.

    Raises
    ------
    zukan.InputError
        For a column that is missing, has a gap, or is infinite; for a table without a numeric column.
    """
    arrays = {name: values for column, given in columns.items() for name, values in _flat(column, _plain(given), text)}
    label = options.label
    counted = [] if options.columns else [column for column, values in arrays.items() if _counts_rows(column, values)]
    arrays = {column: values for column, values in arrays.items() if column not in counted}
    if label is not None and label not in arrays and not options.columns:  # a trained model needs no labels
        raise _unknown("label", label, arrays, text)
    numeric = [column for column, values in arrays.items() if values.dtype.kind in "biuf" and column != label]
    for wanted in options.columns or ():
        if wanted not in arrays:
            raise _unknown("source", wanted, arrays, text)
        if wanted not in numeric:
            raise checks.InputError(
                f"column {wanted!r} of {text} must hold numbers, as in the data of the run; convert it")
    features = list(options.columns or numeric)
    if not features:
        raise checks.InputError(
            f"source {text!r} must have a column of numbers, got {_listed(arrays)}, none of which is one; "
            "turn categories into numbers, or give another table")
    for column in features:
        _check_whole(column, arrays[column], text, first_row)
    ignored = tuple(column for column in arrays if column not in features and column != label)
    shown = [column for column in ignored if column not in numeric]
    told = f"columns without numbers are left out: {_listed(shown)}; --label names one that holds the classes"
    notes = (told,) * bool(shown and not options.columns) + tuple(
        f"column {column!r} is left out, since it counts the rows" for column in counted)
    found = {"x": np.column_stack([arrays[column].astype(np.float64) for column in features])}
    if label in arrays:
        found["y"] = _labels(label, arrays[label], text)
    return Source(name, text, text, found, tuple(features), ignored, notes)


def _plain(values: Any) -> Column:
    """Return a column as numbers where all of it is, else as text."""
    array = np.asarray(values)
    if array.dtype != object:
        return array
    try:
        return np.array([np.nan if value is None else value for value in array.tolist()], np.float64)
    except (TypeError, ValueError):
        return np.array(["" if value is None or value != value else str(value)  # noqa: PLR0124 NaN is not itself
                         for value in array.tolist()])


def _flat(column: str, values: Column, text: str) -> list[tuple[str, Column]]:
    """Return a column that holds a list of numbers in each row as a column for each place."""
    if values.ndim == 1:
        return [(column, values)]
    if values.ndim == 2:
        return [(f"{column}{i}", each) for i, each in enumerate(values.T)]
    raise checks.InputError(
        f"column {column!r} of {text} must hold a number or a list of numbers in each row, got arrays of shape "
        f"{values.shape[1:]}; flatten them")


def _counts_rows(column: str, values: Column) -> bool:
    """Whether a column is the index that pandas writes in front."""
    return (column.strip() in {"", "Unnamed: 0", "__index_level_0__"} and values.dtype.kind in "iuf"
            and np.array_equal(values, np.arange(len(values))))


def _labels(label: str, y: Column, text: str) -> Column:
    if y.dtype.kind == "f":
        whole = (np.abs(y) < EXACT) & (y == np.rint(y))
        if not whole.all():
            odd = y[~whole][0]
            raise checks.InputError(
                f"label column {label!r} of {text} must hold whole numbers below 2**53 or text, got {odd}; "
                "round, fill or renumber it")
        return y.astype(np.int64)
    if y.dtype.kind == "U" and (y == "").any():
        raise checks.InputError(
            f"label column {label!r} of {text} must hold a class in every row, got nothing in "
            f"{int((y == '').sum()):,} of {len(y):,}; fill or drop those rows")
    return y if y.dtype.kind in "biuUS" else y.astype(str)


def _check_whole(column: str, values: Column, text: str, first_row: int) -> None:
    if values.dtype.kind == "f" and not np.isfinite(values).all():
        row = int(np.argmin(np.isfinite(values)))
        what = "nothing" if np.isnan(values[row]) else str(values[row])
        gaps = int((~np.isfinite(values)).sum())
        raise checks.InputError(
            f"column {column!r} of {text} must hold a finite number in every row, got {what} in row "
            f"{first_row + row} ({gaps:,} such in all); fill or drop those rows")


def _unknown(argument: str, wanted: str, columns: Mapping[str, Any], text: str) -> checks.InputError:
    near = difflib.get_close_matches(wanted, columns, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]!r}?" if near else "name one of them"
    return checks.InputError(f"{argument} {text!r} must have the column {wanted!r}, got {_listed(columns)}; {hint}"
                             if argument == "source" else
                             f"label must be a column of {text}, which has {_listed(columns)}, got {wanted!r}; {hint}")


def _listed(names: Any) -> str:
    names = [repr(name) for name in names]
    return ", ".join(names[:8]) + ", …" * (len(names) > 8) or "nothing"
