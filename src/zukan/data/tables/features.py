"""The features of a table: which columns they are, and what their cells may hold."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence

from zukan import checks
from zukan.data.options import written
from zukan.data.tables.columns import Understood
from zukan.data.tables.survey import Survey
from zukan.data.tables.table import Table
from zukan.data.values import KEEP

_LONGEST = 40  # characters of a cell that are repeated in a command
_COUNTED = 10  # rows from which on a column that counts them is told


def numeric(names: Iterable[str], understood: Understood) -> list[str]:
    """Return the columns of numbers and flags, or raise `checks.InputError` if one of them holds a few texts."""
    features = []
    for name in names:
        column = understood.surveys[name]
        check_odd(column, understood.table)
        if column.kind in {"number", "flag"} or (column.kind == "empty" and name.strip()):
            features.append(name)
    return features


def required(columns: Sequence[str], understood: Understood) -> list[str]:
    """Return the columns that a run needs, or raise `checks.InputError` if one is missing or holds no numbers."""
    table = understood.table
    for name in columns:
        if name not in table.names:
            raise checks.InputError(f"source {table.text!r} must have the column {name!r}, got {listed(table.names)}; "
                                    f"{hint(name, table.names)}")
        column = understood.surveys[name]
        check_odd(column, table)
        if column.kind in {"text", "mixed"}:
            raise checks.InputError(
                f"column {name!r} of {table.text} must hold numbers, as in the data of the run; convert it")
    return list(columns)


def check_cells(column: Survey, table: Table, *, missing: bool) -> None:
    """Raise `checks.InputError` if a value is infinite, or missing without permission."""
    bad = [kind for kind in ("infinite", "missing") if kind in column.places and not (missing and kind == "missing")]
    if not bad:
        return
    kind = min(bad, key=lambda kind: column.places[kind][0])
    row, cell = column.places[kind]
    got, keep = ("no value", f", or {KEEP}") if kind == "missing" else (cell, "")
    raise checks.InputError(
        f"column {column.name!r} of {table.text} must hold a finite number in every row, got {got} in row "
        f"{table.row(row)} (affected rows: {sum(getattr(column, name) for name in bad):,}); fill or drop those "
        f"rows{keep}")


def counters(features: Iterable[str], surveys: dict[str, Survey]) -> list[str]:
    """Return a sentence for each feature that counts the rows."""
    return [(f"column {name!r} counts the rows; if it is not a measurement, leave it out with "
             f"{_option('leave-out', name)}")
            for name in features if surveys[name].counts and surveys[name].rows >= _COUNTED]


def check_known(option: str, names: Iterable[str], table: Table, other: str = "") -> None:
    """Raise `checks.InputError` if a name is not a column; ``other``, if it is given, is what else may be named."""
    for name in names:
        if name not in table.names:
            also = f"{other!r} or " if other else ""
            raise checks.InputError(
                f"{option} must be {also}a column of {table.text}, which has {listed(table.names)}, got {name!r}; "
                f"{hint(name, [*table.names, other])}")


def hint(wanted: str, names: Iterable[str]) -> str:
    """Return the column whose name is nearest to ``wanted``, as the end of a message."""
    return checks.did_you_mean(wanted, names) or "name one of them"


def listed(columns: Iterable[str]) -> str:
    """Return the first columns, for the middle of a sentence."""
    return checks.listed(map(repr, columns))


def check_odd(column: Survey, table: Table) -> None:
    """Raise `checks.InputError` if a few cells of a column of numbers hold something else."""
    if column.is_odd:
        _, cell = column.first_stray
        shown = f" ({_option('missing-marks', cell)})" if len(cell) <= _LONGEST else ""
        raise checks.InputError(
            f"column {column.name!r} of {table.text} must hold only numbers, got {column.contents(table)}; "
            f"correct it, name it as a missing value with missing_marks"
            f"{shown}, or leave the column out with leave_out ({_option('leave-out', column.name)})")


def _option(option: str, name: str) -> str:
    """Return an option of the command line with its value."""
    return f"--{option}={shlex.quote(written(name))}"
