"""Whether the cells of a column fit the kind that was asked for, or that a trained run knows."""

from __future__ import annotations

from zukan import checks
from zukan.data.tables.dates import EXAMPLE
from zukan.data.tables.schema import RARE, ColumnType
from zukan.data.tables.survey import Survey
from zukan.data.tables.table import Table

# For each kind: what the cells must hold, and the cells that do not, as `Survey.places` names them.
_RULES = {"number": ("numbers", ("text",)),
          "count": ("whole numbers of at least 0", ("text", "fraction", "negative")),
          "boolean": ("true and false, or 0 and 1", ("text", "digit")),
          "date": (f"dates, all in one form such as {EXAMPLE}", ("undated",)),
          "category": ("text, numbers, or true and false", ())}


def check_kind(survey: Survey, kind: str, table: Table, because: str, fix: str) -> None:
    """Raise `checks.InputError` if a cell of a column cannot be of this kind.

    Parameters
    ----------
    survey : Survey
    kind : str
        As for `ColumnType`.
    table : Table
    because : str
        Why the column must be of this kind, as the middle of a sentence.
    fix : str
        What the user can do about it.
    """
    rule, wrong = _RULES[kind]
    if kind == "date" and survey.kind in {"number", "flag", "mixed"}:
        wrong = ("undated", "flag")
        if survey.numbers:
            raise checks.InputError(f"column {survey.name!r} of {table.text} must hold {rule}{because}, got "
                                    f"{checks.plural(survey.numbers, 'number')}; {fix}")
    if not survey.are_readable:
        raise checks.InputError(f"column {survey.name!r} of {table.text} must hold {rule}{because}, got "
                                f"{next(iter(survey.types))}; leave it out, or convert it")
    bad = [survey.places[name] for name in wrong if name in survey.places]
    if kind == "boolean" and survey.numbers and survey.flags:
        bad.append(survey.places["flag"])
    if bad:
        row, cell = min(bad)
        raise checks.InputError(f"column {survey.name!r} of {table.text} must hold {rule}{because}, got "
                                f"{checks.show(cell)} in row {table.row(row)}; {fix}")


def check_levels(survey: Survey, column: ColumnType, table: Table) -> str | None:
    """Return a note on the cells whose level the run does not know, or raise `checks.InputError` if it cannot."""
    if not survey.unseen:
        return None
    row, cell = survey.places["unseen"]
    if column.rare:
        return (f"column {column.name!r} holds {checks.plural(survey.unseen, 'value')} of rare or unknown levels, "
                f"first {checks.show(cell)} in row {table.row(row)}; they count as {RARE}")
    near = checks.did_you_mean(cell, column.levels)
    raise checks.InputError(
        f"column {column.name!r} of {table.text} must hold levels that the model was trained with "
        f"({checks.listed(map(repr, column.levels))}), got {checks.show(cell)} in row {table.row(row)} (affected rows: "
        f"{survey.unseen:,}); {near + ' else ' if near else ''}empty those cells if the model was trained with gaps, "
        "or drop those rows")
