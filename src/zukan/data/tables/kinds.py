"""Kinds: what each column of a table is, by all of its cells or as asked for; or why it is left out."""

from __future__ import annotations

import re
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from zukan import checks
from zukan.data.tables.levels import MOST
from zukan.data.tables.numbers import Numbers
from zukan.data.tables.rare import MANY, every, pooled
from zukan.data.tables.schema import ColumnType
from zukan.data.tables.survey import Survey

SURE = 10  # rows that it takes to leave a column out
_MOSTLY = 0.5  # the share of cells with rare levels above which text is taken for names of the rows
SMALL = 30.0  # the mean below which whole numbers from 0 are counts
CONSTANT, NAMING, UNREAD, EMPTY = ("with one value only", "like names or row numbers",
                                   "of a type that is not read", "without any value")


class LeftOutColumn(NamedTuple):
    """A column that is not a feature: the reason, what is special about it, and the kind that it could have."""

    why: str
    detail: str = ""
    kind: str = "category"


def infer(survey: Survey, rare_levels: int | None) -> ColumnType | LeftOutColumn:
    """Return what a column is, by its cells; or why it cannot be a feature.

    Parameters
    ----------
    survey : Survey
    rare_levels : int, optional
        As for `zukan.data.tables.rare.pooled`.
    """
    if survey.kind == "empty":
        return LeftOutColumn(EMPTY)
    if not survey.are_readable:
        return LeftOutColumn(UNREAD, str(next(iter(survey.types))))
    kind = _kind(survey)
    if survey.rows < SURE:
        return typed(survey, kind, rare_levels)
    only = _only_value(survey)
    if only is not None:
        return LeftOutColumn(CONSTANT, only, kind)
    naming = _naming(survey) if kind in {"number", "count"} else (
        _naming_text(survey, rare_levels) if kind == "category" else None)
    return typed(survey, kind, rare_levels) if naming is None else LeftOutColumn(NAMING, naming, kind)


def typed(survey: Survey, kind: str, rare_levels: int | None, why: str = "") -> ColumnType:
    """Return a column of this kind, which its cells allow; ``why`` is the evidence if it was asked for."""
    if kind == "category":
        return _category(survey, rare_levels, why)
    if kind == "date":
        return _date(survey, why)
    numbers, whole = survey.finite, _whole(survey)
    if survey.kind == "flag":
        return ColumnType(survey.name, kind, why or "true and false", "boolean", low=0.0, high=1.0)
    stored = "integer" if whole else "float"
    if kind == "boolean":
        return ColumnType(survey.name, kind, why or "whole numbers, 0 and 1", stored, low=0.0, high=1.0)
    return ColumnType(survey.name, kind, why or _range(numbers), stored, decimals=numbers.decimals, low=numbers.low,
                      high=numbers.high)


def _only_value(survey: Survey) -> str | None:
    """Return the value of a column that has only one."""
    if survey.kind == "number" or survey.are_dates:
        only = len(survey.finite.some) == 1 and not survey.infinite
        return (f"{survey.finite.low:g}" if survey.kind == "number" else survey.places["text"][1]) if only else None
    levels = {level.lower() if survey.kind == "flag" else level for level in survey.levels.counts}
    return levels.pop() if len(levels) == 1 else None


def _kind(survey: Survey) -> str:
    """Return the kind that the cells suggest."""
    if survey.kind != "number":
        return "boolean" if survey.kind == "flag" else "date" if survey.are_dates else "category"
    numbers = survey.finite
    if numbers.are_flags:
        return "boolean"
    is_count = numbers.are_whole and numbers.low == 0 and numbers.mean < SMALL and len(numbers.some) > 2
    return "count" if is_count else "number"


def _naming(survey: Survey) -> str | None:
    """Return why numbers only name or count the rows."""
    if not survey.finite.are_whole:
        return None
    if survey.counts:
        return "whole numbers that count the rows"
    return "whole numbers that all differ" if survey.all_differ else None


def _naming_text(survey: Survey, rare_levels: int | None) -> str | None:
    """Return why text only names the rows."""
    levels = survey.levels
    if levels.too_many:
        return f"text with more than {MOST:,} different values"
    kept = pooled(levels, survey.rows, rare_levels)
    if kept.share <= _MOSTLY and len(kept.names) <= MANY:
        return None
    return f"text with {len(levels.counts):,} different values in {checks.plural(sum(levels.counts.values()), 'row')}"


def _category(survey: Survey, rare_levels: int | None, why: str) -> ColumnType:
    """Return a category; of numbers, if they are written as numbers are."""
    kept = pooled(survey.levels, survey.rows, rare_levels)
    names = kept.names
    if kept.share > _MOSTLY or len(names) < 2:  # asked for: every value is a level of its own
        kept = every(survey.levels)
        names = kept.names
    stored = "text"
    if all(map(pa.types.is_boolean, survey.types)):
        stored = "boolean"
    elif survey.kind == "number" and all(re.fullmatch(r"-?(0|[1-9]\d*)", level) for level in survey.levels.counts):
        stored = "integer" if _whole(survey) else "float"
    elif survey.kind == "number" and not any(map(_is_text, survey.types)):
        stored = "float"
    what = "text" if stored == "text" else "numbers" if stored != "boolean" else "true and false"
    told = f"{what} with {len(survey.levels.counts):,} levels"
    if kept.rare:
        told += f", of which {kept.rare:,} occur fewer than {kept.least} times and share one"
    return ColumnType(survey.name, "category", f"{told}, {why}" if why else told, stored, names, kept.rare)


def _date(survey: Survey, why: str) -> ColumnType:
    numbers = survey.finite
    first, last = (np.datetime64(round(end * 1e6), "us") for end in (numbers.low, numbers.high))
    kinds = list(survey.types)
    decimals: int | None = 0
    if survey.form is not None:
        stored, form, decimals = "text", survey.form.form, survey.form.decimals
    elif all(map(pa.types.is_date, kinds)):
        stored, form = "date", ""
    else:
        zone = kinds[0].tz
        stored, form, decimals = "timestamp", kinds[0].unit + (f", {zone}" if zone else ""), numbers.decimals
    return ColumnType(survey.name, "date", why or f"dates from {_day(first)} to {_day(last)}", stored,
                      decimals=decimals, low=numbers.low, high=numbers.high, form=form, days=numbers.are_days)


def _day(time: np.datetime64) -> str:
    return str(time.astype("datetime64[D]"))


def _range(numbers: Numbers) -> str:
    if numbers.are_whole:
        return f"whole numbers from {numbers.low:.15g} to {numbers.high:.15g}"
    digits = f" with up to {checks.plural(numbers.decimals, 'decimal')}" if numbers.decimals else ""
    return f"numbers from {numbers.low:g} to {numbers.high:g}{digits}"


def _whole(survey: Survey) -> bool:
    """Whether the numbers are whole, and come as whole numbers or as text."""
    return survey.finite.are_whole and not any(map(pa.types.is_floating, survey.types))


def _is_text(kind: pa.DataType) -> bool:
    return pa.types.is_string(kind) or pa.types.is_large_string(kind)

