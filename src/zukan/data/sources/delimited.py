"""Tables in text files, with values separated by a mark or by spaces: CSV, TSV and their kin, plain or compressed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path, PurePath
from typing import Any

import pyarrow as pa
from pyarrow import csv as arrow_csv

from zukan import checks, files
from zukan.data.account import LeftOut
from zukan.data.options import Options
from zukan.data.sources.base import Source
from zukan.data.tables import text
from zukan.data.tables.dialect import Dialect, find_dialect, shown
from zukan.data.tables.marks import Marks
from zukan.data.tables.needed import Needed
from zukan.data.tables.reading import read_table
from zukan.data.tables.table import Table
from zukan.data.tables.text import TableError

_FALLBACK = "cp1252"
_ENCODING = "say which encoding it has (--encoding), or write it again as UTF-8"
_EMPTY = "\x1e"  # a control character that files do not contain: a row without cells
_BLOCK = 1 << 23  # bytes that Arrow reads at once; a row must fit into it


def read(path: Path, options: Options, needed: Needed) -> Source:
    """Return the table in a text file.

    Raises
    ------
    zukan.InputError
        If rows have different lengths, the form of the file is open, or it is of another kind; and as for
        `zukan.data.tables.reading.read_table`.
    """
    with checks.explained(lambda error: text.refusal(path, error)):
        encoding, is_certain = (options.encoding, True) if options.encoding else text.find_encoding(path)
        try:
            return read_table(_opened(path, options, encoding), options, needed)
        except UnicodeDecodeError as error:
            if is_certain:
                raise TableError(f"it is not text in the encoding {encoding}", _ENCODING) from error
        try:
            return read_table(_opened(path, options, _FALLBACK), options, needed)
        except UnicodeDecodeError as error:
            raise TableError("it is neither UTF-8 nor Windows-1252", _ENCODING) from error


class TextTable(Table):
    """A table in a text file, which Arrow cuts into cells of text, block by block.

    Parameters
    ----------
    path : Path
    encoding : str
    dialect : Dialect
    """

    def __init__(self, path: Path, encoding: str, dialect: Dialect) -> None:
        super().__init__(dialect.names, name=PurePath(text.inner_name(path.name)).stem, text=str(path))
        self.path, self.encoding, self.dialect = path, encoding, dialect
        self.first_row = dialect.skip + 1
        self.identity = files.identity(path)
        self.key = ("text", *self.identity, encoding, dialect)
        self.notes = list(dialect.notes)
        self._ragged = ""
        self._comments: list[str] = []
        self._skipped: list[int] = []  # rows of the file, counted from 1 below the header

    def batches(self, names: Sequence[str]) -> Iterator[list[Any]]:
        """Yield the cells of these columns as text."""
        positions = [f"f{self.names.index(name)}" for name in names]
        every = [f"f{i}" for i in range(len(self.names))]
        file = text.Utf8(self.path, self.encoding, self.dialect.skip, self.dialect.separator,
                         "" if len(every) == 1 else _EMPTY)
        last: Any = None
        self._comments.clear()
        self._skipped.clear()
        with file:
            try:
                reader = arrow_csv.open_csv(
                    file, arrow_csv.ReadOptions(column_names=every, block_size=_BLOCK, use_threads=False),
                    arrow_csv.ParseOptions(delimiter=self.dialect.separator, newlines_in_values=True,
                                           ignore_empty_lines=False, invalid_row_handler=self._take_ragged),
                    arrow_csv.ConvertOptions(column_types=dict.fromkeys(every, pa.string()), strings_can_be_null=False,
                                             include_columns=list(dict.fromkeys([*positions, every[-1]]))))
                for batch in reader:
                    if len(batch):
                        last = batch.column(every[-1])[-1].as_py()
                        yield [batch.column(position) for position in positions]
            except pa.ArrowInvalid as error:
                if "Empty CSV" in str(error):
                    return
                raise ValueError(self._ragged or f"Arrow cannot read it ({error})") from error
            if file.quotes % 2 and last is not None and "\n" in last:
                raise ValueError("a quotation mark is left open, so that its last cell goes over the end of a line")
        self.left_out = [LeftOut("line", "beginning with #", tuple(self._comments)),
                         LeftOut("line", "without content", count=len(self._skipped) - len(self._comments))]
        if files.identity(self.path) != self.identity:
            raise ValueError("it changed while it was read")

    def row(self, place: int) -> int:
        """Return the number of a row in the file, in which rows that were skipped count."""
        number = place + 1
        for skipped in self._skipped:
            if skipped > number:
                break
            number += 1
        return self.dialect.skip + number

    def _take_ragged(self, row: Any) -> str:
        """Skip an empty row or a comment; stop at any other row that has too many or too few cells."""
        is_comment = row.text.lstrip().startswith("#")
        if is_comment or not row.text.strip(f" \t\r\n{_EMPTY}{self.dialect.separator}"):
            self._comments += [row.text.strip()[:60]] * is_comment
            self._skipped.append(row.number)
            return "skip"
        self._ragged = (f"its row {row.number + self.dialect.skip} ({checks.show(row.text)}) has "
                        f"{checks.plural(row.actual_columns, 'cell')} and the first row {len(self.names)}, with "
                        f"{shown(self.dialect.separator)} as the separator")
        return "error"


def _opened(path: Path, options: Options, encoding: str) -> TextTable:
    """Return a text file as a table, by its start and the options."""
    with text.open_text(path, encoding) as file:
        sample = file.read(text.SAMPLE)
    if "\0" in sample:
        raise ValueError("it holds zero bytes, so it is not text")
    lines = sample.split("\n")
    if len(sample) == text.SAMPLE:
        lines.pop()
    if not lines:
        raise ValueError(f"its first line has more than {text.SAMPLE:,} characters")
    ending = PurePath(text.inner_name(path.name)).suffix.lower()
    dialect = find_dialect(lines, options, Marks.of(options), usual="\t" if ending in {".tsv", ".tab"} else ",")
    table = TextTable(path, encoding, dialect)
    if encoding == _FALLBACK and options.encoding is None:
        table.notes.append("the file is not UTF-8, so it is read as Windows-1252; --encoding chooses another encoding")
    return table
