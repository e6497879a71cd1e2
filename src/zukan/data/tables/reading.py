"""From a table of any door to a source: its features, labels and the names of its rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from zukan import checks
from zukan.data.account import Account, LeftOut
from zukan.data.options import Options
from zukan.data.sources.base import Part, Source
from zukan.data.tables.columns import Column, Understood, understand
from zukan.data.tables.matrix import matrix
from zukan.data.tables.survey import Survey
from zukan.data.tables.table import Table
from zukan.data.values import KEEP

_EXACT = 2.0**53  # a float64 can represent every whole number below this
_UNNAMED = {"", "Unnamed: 0"}  # the first column of an index that pandas or R wrote
_COUNTED = 10  # rows from which on a column that counts them is told


def read_table(table: Table, options: Options, columns: Sequence[str] | None = None) -> Source:
    """Return the source with the features and labels of a table.

    Columns of numbers, and of true and false, are the features, and ``options.label`` names the labels. Other columns
    are left out and reported, as is an index, which names the rows.

    Parameters
    ----------
    table : Table
    options : Options
    columns : sequence of str, optional
        The features that a trained run needs, in this order; no other column, and no labels, are then required.

    Raises
    ------
    zukan.InputError
        If a column that is asked for is not there, no column holds numbers, a column of numbers holds a few texts, a
        value is infinite, or a value is missing and ``options.missing`` is false.
    """
    label, left_out = options.label, options.names_of("leave_out")
    if not columns:
        for option, names in (("label", [label] if label is not None else []), ("leave_out", left_out)):
            _check_known(option, names, table)
    understood = understand(table, options, others=[*left_out, *([label] if label is not None else [])])
    if not understood.rows:
        raise checks.InputError(
            f"source {table.text!r} must hold rows, got a table without any; give at least one row")
    index = _index(understood, [*left_out, label, *(columns or ())])
    rest = [name for name in table.names if name not in {label, index, *table.indexes, *left_out}]
    features = _required(columns, understood) if columns else _numeric(rest, understood)
    surveys = understood.surveys
    if not features:
        raise checks.InputError(
            f"source {table.text!r} must have a column of numbers, got only {_listed(table.names)}, which are not "
            "numbers; turn categories into numbers, or give another table")
    for name in features:
        _check_cells(surveys[name], table, missing=options.missing)
    kept = understood.read([name for name in {label: 0, index: 0} if name in surveys])
    x = matrix(understood, features, options)
    y = _labels(kept[label], table) if label in kept else None
    part = Part(x, y, f"x in {table.text}", f"y in {table.text}", names=_row_names(kept.get(index or "")) if index is not None else None)
    notes = (*table.notes, *understood.notes, *(() if columns else _counters(features, surveys)))
    return Source(table.name, table.text, (part,), tuple(features), notes,
                  _account(understood, rest, features, index, columns, left_out))


def _check_known(option: str, names: Iterable[str], table: Table) -> None:
    for name in names:
        if name not in table.names:
            hint = checks.did_you_mean(name, table.names) or "name one of them"
            raise checks.InputError(f"{option} must be a column of {table.text}, which has {_listed(table.names)}, "
                                    f"got {name!r}; {hint}")


def _index(understood: Understood, others: Sequence[str | None]) -> str | None:
    """Return the column that names the rows: the source's own index, or a first column without a name."""
    table = understood.table
    if table.indexes:
        known = [name for name in table.indexes if name in table.names and name not in others]
        return known[0] if len(known) == 1 else None
    first = table.names[0]
    if first.strip() not in _UNNAMED or first in others or understood.surveys[first].missing or len(table.names) == 1:
        return None
    return first if _row_names(understood.read([first])[first], strict=True) else None


def _row_names(column: Column | None, *, strict: bool = False) -> tuple[str, ...] | None:
    """Return the names of rows; None if they are not whole numbers or text, differ not, or only count from 0.

    With ``strict``, return them even if they only count from 0.
    """
    if column is None or column.kind not in {"number", "text", "mixed"} or column.missing.any():
        return None
    values = column.values
    if values.dtype.kind == "f":
        if not ((np.abs(values) < _EXACT) & (values == np.rint(values))).all():
            return None
        values = values.astype(np.int64)
        if not strict and np.array_equal(values, np.arange(len(values))):
            return None
    if len(np.unique(values)) < len(values):
        return None
    return tuple(map(str, values.tolist()))


def _numeric(names: Iterable[str], understood: Understood) -> list[str]:
    """Return the columns of numbers, or raise `checks.InputError` if one of them holds a few texts."""
    features = []
    for name in names:
        column = understood.surveys[name]
        if column.is_odd:
            raise _odd(column, understood.table)
        if column.kind in {"number", "flag"} or (column.kind == "empty" and name.strip()):
            features.append(name)
    return features


def _odd(column: Survey, table: Table) -> checks.InputError:
    _, cell = min(column.places[kind] for kind in ("flag", "text") if kind in column.places)
    return checks.InputError(
        f"column {column.name!r} of {table.text} must hold only numbers, got {column.contents(table.first_row)}; correct "
        f"it, say with missing_marks (--missing-marks {cell[:20]!r}) that it stands for a missing value, or leave the "
        f"column out with leave_out (--leave-out {column.name!r})")


def _required(columns: Sequence[str], understood: Understood) -> list[str]:
    """Return the columns that a run needs, or raise `checks.InputError` if one is missing or holds no numbers."""
    table = understood.table
    for name in columns:
        if name not in table.names:
            raise checks.InputError(f"source {table.text!r} must have the column {name!r}, got {_listed(table.names)}; "
                                    f"{checks.did_you_mean(name, table.names) or 'name one of them'}")
        column = understood.surveys[name]
        if column.is_odd:
            raise _odd(column, table)
        if column.kind in {"text", "mixed"}:
            raise checks.InputError(
                f"column {name!r} of {table.text} must hold numbers, as in the data of the run; convert it")
    return list(columns)


def _check_cells(column: Survey, table: Table, *, missing: bool) -> None:
    """Raise `checks.InputError` if a value is infinite, or missing without permission."""
    bad = [kind for kind in ("infinite", "missing") if kind in column.places and not (missing and kind == "missing")]
    if not bad:
        return
    kind = min(bad, key=lambda kind: column.places[kind][0])
    row, cell = column.places[kind]
    keep = f", or {KEEP}" if kind == "missing" else ""
    raise checks.InputError(
        f"column {column.name!r} of {table.text} must hold a finite number in every row, got "
        f"{'no value' if kind == 'missing' else cell} in row {table.first_row + row} (affected rows: "
        f"{sum(getattr(column, name) for name in bad):,}); fill or drop those rows{keep}")


def _labels(column: Column, table: Table) -> npt.NDArray[np.int64] | npt.NDArray[np.str_]:
    """Return the labels as whole numbers or text, or raise `checks.InputError`."""
    y, missing = column.values, column.missing
    if missing.any():
        raise checks.InputError(
            f"label column {column.name!r} of {table.text} must hold a class in every row, got none in "
            f"{np.count_nonzero(missing):,} of {len(y):,}, first in row {table.first_row + int(np.argmax(missing))}; "
            "fill or drop those rows, or rename a class that looks like a missing value")
    if y.dtype.kind != "f":
        return y
    is_whole = (np.abs(y) < _EXACT) & (y == np.rint(y))
    if not is_whole.all():
        raise checks.InputError(
            f"label column {column.name!r} of {table.text} must hold whole numbers below 2**53 or text, got "
            f"{y[~is_whole][0]}; round, fill or renumber it")
    return y.astype(np.int64)


def _counters(features: Iterable[str], surveys: dict[str, Survey]) -> Iterable[str]:
    for name in features:
        if surveys[name].counts and surveys[name].rows >= _COUNTED:
            yield f"column {name!r} counts the rows; if it is no measurement, leave it out with --leave-out {name!r}"


def _account(understood: Understood, rest: Sequence[str], features: Sequence[str], index: str | None,
             columns: Sequence[str] | None, left_out: Sequence[str]) -> Account:
    """Return the account of the columns that are not used."""
    table, surveys = understood.table, understood.surveys
    others = [name for name in rest if name not in features]
    empty = [name for name in others if surveys[name].kind == "empty" and not columns]
    texts = [(name, surveys[name].contents(table.first_row) if surveys[name].kind == "mixed" else "")
             for name in others if name not in empty]
    kind = "names" if index is not None and surveys[index].kind != "number" else "numbers"
    indexes = [name for name in table.names if name in {index, *table.indexes} and name not in features]
    return Account().leaving_out(
        *table.left_out,
        LeftOut("column", "that the run does not use", tuple(others)) if columns else
        LeftOut("column", "without numbers", *map(tuple, zip(*texts, strict=True)) if texts else (),
                advice="--label names the column with the classes"),
        LeftOut("column", "without any value", tuple(empty)),
        LeftOut("column", f"with the {kind} of the rows", tuple(indexes)),
        LeftOut("column", "that leave_out names", tuple(name for name in left_out if name in table.names)))


def _listed(columns: Iterable[str]) -> str:
    return checks.listed(map(repr, columns))
