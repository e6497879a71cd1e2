"""JSON lines: one object in each line, plain or compressed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePath
from typing import Any

import pyarrow as pa

from zukan import checks, files
from zukan.data.options import Options
from zukan.data.sources.base import Source
from zukan.data.tables import text
from zukan.data.tables.cells import to_arrow
from zukan.data.tables.needed import Needed
from zukan.data.tables.reading import read_table
from zukan.data.tables.table import BATCH, ArrowTable

ENDINGS = (".jsonl", ".ndjson")
_LONGEST = 1 << 26  # characters of a line


class _File:
    """A file of JSON lines as `ArrowTable` reads it."""

    def __init__(self, path: Path, encoding: str) -> None:
        self.path = path
        self.encoding = encoding
        kinds: dict[str, Any] = {}
        for rows in self._rows():
            for name in dict.fromkeys(name for row in rows for name in row):
                kind = to_arrow([row.get(name) for row in rows]).type
                kinds[name] = _common(kinds.get(name, kind), kind)
        self.schema = pa.schema(list(kinds.items()))

    def batches(self, columns: Sequence[str]) -> Iterator[list[Any]]:
        """Yield the columns, some rows at a time."""
        for rows in self._rows():
            arrays = [to_arrow([row.get(column) for row in rows]) for column in columns]
            yield [pa.nulls(len(array), self.schema.field(column).type) if pa.types.is_null(array.type) else array
                   for column, array in zip(columns, arrays, strict=True)]

    def _rows(self) -> Iterator[list[dict[str, Any]]]:
        with text.open_text(self.path, self.encoding) as file:
            rows: list[dict[str, Any]] = []
            for number, line in enumerate(iter(lambda: file.readline(_LONGEST), ""), 1):
                if line.strip():
                    rows.append(_object(line, number))
                if len(rows) == BATCH // 4:
                    yield rows
                    rows = []
            if rows:
                yield rows


def _common(one: Any, other: Any) -> Any:
    """Return the type of a column whose parts have these types: text, if they have nothing in common."""
    try:
        return pa.unify_schemas([pa.schema({"column": kind}) for kind in (one, other)],
                                promote_options="permissive").field(0).type
    except pa.ArrowException:
        return pa.string()


def _object(line: str, number: int) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"its line {number} is not JSON ({error})") from error
    if not isinstance(row, dict):
        raise ValueError(f"its line {number} is not an object such as {{\"a\": 1}}, but {checks.show(row)}")  # noqa: TRY004
    return row


def read(path: Path, options: Options, needed: Needed) -> Source:
    """Return the table in a file of JSON lines.

    Raises
    ------
    zukan.InputError
        If a line is not an object; and as for `zukan.data.tables.reading.read_table`.
    """
    with checks.explained(lambda error: text.refusal(path, error, "write one JSON object in each line")):
        encoding = options.encoding or text.find_encoding(path)[0]
        name = PurePath(text.inner_name(path.name)).stem
        table = ArrowTable(_File(path, encoding), name=name, text=str(path))
        table.key = ("jsonl", *files.identity(path), encoding)
        table.first_row = 1
        return read_table(table, options, needed)
