"""The columns of a table that a model is conditioned on."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from zukan import checks
from zukan.data.conditions import LABEL
from zukan.data.lazy.items import Array
from zukan.data.options import Options
from zukan.data.tables.columns import Understood
from zukan.data.tables.features import check_cells, check_known, check_odd
from zukan.data.tables.table import Table


def condition_names(options: Options, table: Table) -> list[str]:
    """Return the columns of the condition, which are neither the labels nor missing from the table."""
    names = [name for name in options.conditions if name != LABEL]
    if options.label in names:
        raise checks.InputError(
            f"condition must be 'label' or columns of {table.text} other than the labels, got {options.label!r}; "
            "choose 'label'")
    check_known("condition", names, table, LABEL)
    return names


def read_conditions(names: Sequence[str], texts: Collection[str], understood: Understood) -> dict[str, Array]:
    """Return the columns of the condition: numbers as float64, true and false as bool, and the rest as text.

    The columns among ``texts`` are text, whatever they hold.

    Raises
    ------
    zukan.InputError
        If a column has gaps, infinite values, or a few texts among its numbers.
    """
    table, columns = understood.table, understood.read(names, texts)
    for name, column in columns.items():
        if name not in texts:
            check_odd(understood.surveys[name], table)
        if column.values.dtype.kind == "f":
            check_cells(understood.surveys[name], table, missing=False)
        elif column.missing.any():
            raise checks.InputError(
                f"condition {name!r} of {table.text} must hold a value in every row, got nothing in row "
                f"{table.row(int(np.argmax(column.missing)))} (affected rows: "
                f"{np.count_nonzero(column.missing):,}); fill or drop those rows")
    return {name: column.values.astype(bool) if column.kind == "flag" else column.values
            for name, column in columns.items()}
