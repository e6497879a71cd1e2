"""Tables that come in several splits, whose columns are understood by the cells of all of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from zukan import checks
from zukan.data.options import Options
from zukan.data.sources.base import Source
from zukan.data.tables.needed import Needed
from zukan.data.tables.reading import read_table
from zukan.data.tables.table import ArrowTable


class Splits:
    """Splits as `ArrowTable` reads them, one after the other; a column may have another type in each.

    Parameters
    ----------
    parts : sequence of pyarrow.Table
    """

    def __init__(self, parts: Sequence[Any]) -> None:
        self.parts = parts
        self.schema = parts[0].schema
        for part in parts:
            if set(part.column_names) != set(self.schema.names):
                raise checks.InputError(
                    f"source must have the same columns in every split, got {checks.listed(self.schema.names)} and "
                    f"{checks.listed(part.column_names)}; remove or rename columns")

    def batches(self, columns: Sequence[str]) -> Iterator[list[Any]]:
        """Yield the columns, some rows at a time."""
        for part in self.parts:
            for batch in part.select(columns).to_batches():
                yield batch.columns


def read_splits(tables: Mapping[str, Any], options: Options, needed: Needed, *, name: str,
                text: str) -> dict[str, Source]:
    """Return a source of one part for each split, by name; see `read_table`."""
    whole = read_table(ArrowTable(Splits(list(tables.values())), name=name, text=text), options, needed)
    parts, start = {}, 0
    for split, table in tables.items():
        part = whole.parts[0].take(np.arange(start, start + len(table)))
        parts[split] = replace(whole, parts=(replace(part, rows=None),))
        start += len(table)
    return parts
