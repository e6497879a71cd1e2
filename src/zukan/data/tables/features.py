"""The features of a table: which columns they are, and what their cells may hold."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from zukan import checks
from zukan.data.account import LeftOut
from zukan.data.options import Options, written
from zukan.data.tables.columns import Understood
from zukan.data.tables.fitting import check_kind, check_levels
from zukan.data.tables.kinds import CONSTANT, EMPTY, NAMING, UNREAD, LeftOutColumn, infer, typed
from zukan.data.tables.levels import MOST
from zukan.data.tables.schema import ColumnType, Schema
from zukan.data.tables.survey import Survey
from zukan.data.tables.table import Table
from zukan.data.values import KEEP

_LONGEST = 40  # characters of a cell that are repeated in a command


class Chosen(NamedTuple):
    """The columns of a table that are features, those that are left out by reason, and what the user should know."""

    columns: tuple[ColumnType, ...]
    left_out: tuple[LeftOut, ...]
    notes: tuple[str, ...]


def choose(names: Sequence[str], understood: Understood, options: Options) -> Chosen:
    """Return what the columns are that can be features, by their cells or as `Options.columns` asks, and the others.

    Raises
    ------
    zukan.InputError
        If a column of numbers holds a few texts, or a cell is not of the kind that was asked for.
    """
    asked, columns, left_out = options.kinds, [], []
    for name in names:
        survey = understood.surveys[name]
        if name in asked:
            columns.append(_asked(survey, asked[name], understood.table, options))
            continue
        check_odd(survey, understood.table)
        found = infer(survey, options.rare_levels)
        if isinstance(found, ColumnType):
            columns.append(found)
        else:
            left_out.append((name, found))
    return Chosen(tuple(columns), _groups(left_out), tuple(padded(columns, understood)))


def required(schema: Schema, understood: Understood) -> list[str]:
    """Return notes on the columns that a run needs, or raise `checks.InputError` if one is missing or does not fit."""
    table = understood.table
    notes = []
    for column in schema.columns:
        if column.name not in table.names:
            raise checks.InputError(
                f"source {table.text!r} must have the column {column.name!r}, got {listed(table.names)}; "
                f"{hint(column.name, table.names)}")
        survey = understood.surveys[column.name]
        if column.kind != "category":
            check_odd(survey, table)
        check_kind(survey, column.kind, table, ", as in the data of the run", "correct or convert it")
        notes.append(check_levels(survey, column, table))
    return [note for note in notes if note is not None]


def _asked(survey: Survey, kind: str, table: Table, options: Options) -> ColumnType:
    """Return a column of the kind that was asked for."""
    check_kind(survey, kind, table, ", as columns says", "correct it, or choose another kind (--columns)")
    if survey.kind == "empty":
        raise checks.InputError(f"column {survey.name!r} of {table.text} must hold values, as columns names it, got "
                                "none; remove it from columns")
    if kind == "category" and survey.levels.too_many:
        raise checks.InputError(f"column {survey.name!r} of {table.text} must have at most {MOST:,} levels, as columns "
                                "names it a category, got more; choose another kind (--columns)")
    return typed(survey, kind, options.rare_levels, "as asked with columns")


def _groups(left_out: Sequence[tuple[str, LeftOutColumn]]) -> tuple[LeftOut, ...]:
    """Return the columns that are left out by reason, with what keeps them."""
    groups = []
    for why in (CONSTANT, NAMING, UNREAD, EMPTY):
        found = [(name, column) for name, column in left_out if column.why == why]
        details = tuple(column.detail for _, column in found)
        keep = ""
        if found and why in {CONSTANT, NAMING}:
            name, column = found[0]
            keep = f"{_option('columns', f'{name}={column.kind}')} keeps {'it' if len(found) == 1 else 'the first'}"
        groups.append(LeftOut("column", why, tuple(name for name, _ in found), details if any(details) else (),
                              advice=keep))
    return tuple(groups)


def check_cells(column: Survey, table: Table, *, missing: bool, keep: str = f"or {KEEP}") -> None:
    """Raise `checks.InputError` if a value is infinite, or missing without permission; ``keep`` says how to get it."""
    bad = [kind for kind in ("infinite", "missing") if kind in column.places and not (missing and kind == "missing")]
    if not bad:
        return
    kind = min(bad, key=lambda kind: column.places[kind][0])
    row, cell = column.places[kind]
    got, way_out = ("no value", f", {keep}") if kind == "missing" else (cell, "")
    raise checks.InputError(
        f"column {column.name!r} of {table.text} must hold a finite number in every row, got {got} in row "
        f"{table.row(row)} (affected rows: {sum(getattr(column, name) for name in bad):,}); fill or drop those "
        f"rows{way_out}")


def padded(columns: Iterable[ColumnType], understood: Understood) -> list[str]:
    """Return a sentence for each column of numbers that are written with a zero in front, such as codes of places."""
    notes = []
    for column in columns:
        place = understood.surveys[column.name].places.get("padded")
        if place is not None and column.kind in {"number", "count"}:
            notes.append(f"column {column.name!r} holds numbers with a zero in front ({place[1]!r} in row "
                         f"{understood.table.row(place[0])}), which numbers lose; if they are codes, keep them with "
                         f"{_option('columns', f'{column.name}=category')}")
    return notes


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
            f"{shown}, keep the column as text ({_option('columns', f'{column.name}=category')}), or leave it out with "
            f"leave_out ({_option('leave-out', column.name)})")


def _option(option: str, name: str) -> str:
    """Return an option of the command line with its value."""
    return f"--{option}={shlex.quote(written(name))}"
