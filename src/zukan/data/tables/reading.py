"""From a table of any door to a source: its features, its labels and the names of its rows."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from zukan import checks
from zukan.data.account import Account, LeftOut
from zukan.data.options import Options
from zukan.data.sources.base import Part, Source
from zukan.data.tables.columns import Column, understand
from zukan.data.tables.conditions import condition_names, read_conditions
from zukan.data.tables.features import check_cells, check_known, choose, listed, required
from zukan.data.tables.index import EXACT, find_index, row_names
from zukan.data.tables.index import left_out as index_left_out
from zukan.data.tables.matrix import matrix
from zukan.data.tables.needed import Needed
from zukan.data.tables.schema import Schema
from zukan.data.tables.table import Padded, Table


def read_table(table: Table, options: Options, needed: Needed) -> Source:
    """Return the source with the features and labels of a table.

    Columns of numbers, of true and false, of dates and of categories are the features; ``options.label`` names the
    labels, and ``options.condition`` what a model sees besides. Columns that are constant or name the rows are left
    out and reported, as is an index.

    Parameters
    ----------
    table : Table
    options : Options
    needed : Needed
        What a trained run needs. If it names features, no other column, and no labels, are required.

    Raises
    ------
    zukan.InputError
        If a column that is asked for is not there or is of another kind, no column can be a feature, a column of
        numbers holds a few texts, a value is infinite, or a value is missing and ``options.missing`` is false.
    """
    if needed.whole:
        read = understand(table, options)
        return Source(table.name, table.text, (), None, (*table.notes, *read.notes),
                      Account().leaving_out(*table.left_out), read)
    columns, texts = needed.columns, needed.texts
    if needed.partial:
        table = Padded(table, columns)
    asked = [] if options.label is None else [options.label]
    left_out = options.names_of("leave_out")
    if not columns:
        check_known("label", asked, table)
        check_known("leave_out", left_out, table)
        check_known("columns", options.kinds, table)
    conditions = condition_names(options, table)
    _check_uses(table, options, asked, conditions, is_known=bool(columns))
    used = {*columns, *conditions} if columns else set(table.names).difference(asked, left_out)
    used -= texts
    understood = understand(table, options, [name for name in table.names if name not in used],
                            needed.schema)
    if not understood.rows:
        raise checks.InputError(
            f"source {table.text!r} must hold rows, got a table without any; give at least one row")
    index = find_index(understood, [*asked, *left_out, *conditions, *columns, *options.kinds])
    indexes = [name for name in table.names if ((index and name == index.name) or name in table.indexes)
               and name not in options.kinds]
    rest = [name for name in table.names if name not in {*asked, *indexes, *left_out, *conditions}]
    if needed.schema is not None:
        schema, unused = needed.schema, []
        told = required(schema, understood)
    else:
        chosen = choose(rest, understood, options)
        schema, unused, told = Schema(chosen.columns, table.library), [*chosen.left_out], [*chosen.notes]
    features = schema.names
    if not features:
        raise checks.InputError(
            f"source {table.text!r} must have columns to learn from, got {listed(table.names)}: "
            f"{'; '.join(group.sentence() for group in unused if group.count) or 'all are in use'}; give others")
    for name in features:
        check_cells(understood.surveys[name], table, missing=options.missing is not False,
                    keep="or train the run with --missing" if columns else "or leave out --no-missing")
    labels = understood.read([name for name in asked if name in table.names], texts).values()
    y = next((_labels(column, table) for column in labels), None)
    part = Part(matrix(understood, schema, options), y, f"x in {table.text}", f"y in {table.text}",
                names=None if index is None else row_names(index),
                condition=read_conditions(conditions, texts, understood))
    needless = tuple(name for name in rest if name not in features)
    account = Account().leaving_out(
        *table.left_out,
        *([LeftOut("column", "that the run does not use", needless)] if columns else unused),
        *index_left_out(index, [name for name in indexes if name not in {*features, *asked, *conditions, *left_out}]),
        LeftOut("column", "named by leave_out",
                tuple(name for name in left_out if name in table.names and name not in features)))
    notes = (*table.notes, *understood.notes, *told)
    return Source(table.name, table.text, (part,), schema, notes, account, understood)


def _check_uses(table: Table, options: Options, asked: list[str], conditions: list[str], *, is_known: bool) -> None:
    """Raise `checks.InputError` if a column is named for two uses that exclude each other."""
    for option, used_names in (("label", asked), ("condition", conditions), ("columns", [*options.kinds])):
        for name in filter(used_names.__contains__, options.names_of("leave_out")):
            raise checks.InputError(
                f"leave_out must name columns of {table.text} that are not used, got {name!r}, which {option} names; "
                f"remove it from leave_out, or from {option}")
    for option, others in (("label", asked), ("condition", conditions)):
        for name in filter(others.__contains__, () if is_known else options.kinds):
            raise checks.InputError(
                f"columns must name features of {table.text}, got {name!r}, which {option} names; remove it from "
                f"columns, or from {option}")


def _labels(column: Column, table: Table) -> npt.NDArray[np.int64] | npt.NDArray[np.str_]:
    """Return the labels as whole numbers or text, or raise `checks.InputError`."""
    y, missing = column.values, column.missing
    if missing.any():
        raise checks.InputError(
            f"label column {column.name!r} of {table.text} must hold a class in every row, got none in "
            f"{np.count_nonzero(missing):,} of {len(y):,}, first in row {table.row(int(np.argmax(missing)))}; "
            "fill or drop those rows, or rename a class that looks like a missing value")
    if y.dtype.kind != "f":
        return y
    is_whole = (np.abs(y) < EXACT) & (y == np.rint(y))
    if not is_whole.all():
        raise checks.InputError(
            f"label column {column.name!r} of {table.text} must hold whole numbers below 2**53 or text, got "
            f"{y[~is_whole][0]}; round, fill or renumber it")
    return y.astype(np.int64)
