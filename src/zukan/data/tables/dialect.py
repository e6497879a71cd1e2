"""Dialect: how a text file separates its columns, where its rows begin and what names the columns."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass

from zukan.data.options import SEPARATORS, Options
from zukan.data.tables.headers import find_header, named_apart
from zukan.data.tables.marks import Marks
from zukan.data.tables.text import TableError, single_spaces

_CANDIDATES = "\t;,| "  # in the order in which they are preferred if a file can be read with several
_NONE = "\x1f"  # a control character that files do not contain: a table of one column
_ROWS = 200  # rows that show the separator
_NUMBER = re.compile(r"[+-]?[.,]?\d([\d.,]*[\d.])?([eE][+-]?\d+)?")  # "1," is cut at the wrong mark


@dataclass(frozen=True)
class Dialect:
    """The form of a text file.

    Parameters
    ----------
    separator : str
        A character; a space stands for any run of spaces and tabs.
    skip : int
        Lines before the first row of values.
    names : tuple of str
        The columns.
    notes : tuple of str
        What was found out, if it is not the usual form.
    """

    separator: str
    skip: int
    names: tuple[str, ...]
    notes: tuple[str, ...] = ()


def find_dialect(lines: Sequence[str], options: Options, marks: Marks, *, usual: str = ",") -> Dialect:
    """Return the form that the first lines of a file show.

    Parameters
    ----------
    lines : sequence of str
        Complete lines without their ends.
    options : Options
    marks : Marks
    usual : str
        The separator that needs no note.

    Raises
    ------
    ValueError
        If they do not show it; the text says why, for a message.
    """
    start, given = 0, SEPARATORS.get(options.separator or "", options.separator)
    if lines and (hint := re.fullmatch(r"sep=(.)", lines[0])):  # Excel reads and writes this line
        start, given = 1, given or hint[1]
    skip, comments = _comments(lines, start)
    body = lines[skip:]
    if not body:
        raise ValueError("all of its lines are comments" if comments else "it is empty")
    if body[0].lstrip().lower().startswith(("{", "[", "<html", "<!doctype", "<?xml")):
        raise TableError(f"it begins with {body[0].lstrip()[:20]!r}, so it is JSON, HTML or XML",
                      "write it as CSV, or as one JSON object in each line of a .jsonl file")
    separator = given or find_separator(body)
    rows, ends = split(body[:_ROWS], separator)
    header = find_header(rows, options.header, marks)
    names, notes = header.names, [*header.notes]
    if not header.rows and comments and options.header is not False:
        last = split([comments[-1].lstrip("# \t")], separator)[0]
        if last and len(last[0]) == len(names):
            names = [cell.strip() for cell in last[0]]
            notes = [f"the names of the columns are from the comment {comments.pop()[:60]!r}"]
    if comments:
        notes.append(f"comments above the table are skipped, such as {comments[0][:60]!r}")
    if separator not in {usual, _NONE} and given is None:
        notes.append(f"{shown(separator)} separate the columns; --separator chooses another mark")
    skip += ends[header.rows - 1] if header.rows else 0
    return Dialect(separator, skip, tuple(named_apart(names, rows)), tuple(notes))


def _comments(lines: Sequence[str], start: int) -> tuple[int, list[str]]:
    """Return how many lines there are above the table, and those that are comments."""
    skip = start
    while skip < len(lines) and (lines[skip].startswith("#") or not lines[skip].strip()):
        skip += 1
    return skip, [line for line in lines[start:skip] if line.strip()]


def shown(separator: str) -> str:
    """Return a separator for a message."""
    return {"\t": "tabs", " ": "spaces", _NONE: "no mark"}.get(separator, repr(separator))


def split(lines: Sequence[str], separator: str) -> tuple[list[list[str]], list[int]]:
    """Return the rows of cells, and for each row how many lines there are up to its end."""
    if separator == " ":
        lines = [single_spaces(line) for line in lines]
    reader = csv.reader((line + "\n" for line in lines), delimiter=separator, skipinitialspace=True)
    rows, ends = [], []
    try:
        for row in reader:
            if len(row) > 1 or any(cell.strip() for cell in row):
                rows.append(row)
                ends.append(reader.line_num)
    except csv.Error as error:
        raise ValueError(str(error)) from error
    return rows, ends


def find_separator(lines: Sequence[str]) -> str:
    """Return the mark that cuts the lines most evenly, and into the most numbers."""
    lines = lines[:_ROWS]
    best, best_score = _NONE, (0.0, 0.0, 0)
    first = re.sub(r'"[^"]*"', "", single_spaces(lines[0]))
    for mark in _CANDIDATES:
        if mark not in (first if mark == " " else re.sub(r'"[^"]*"', "", lines[0])):
            continue
        try:
            rows, _ = split(lines, mark)
        except ValueError:
            continue
        widths = [len(row) for row in rows]
        width = max(set(widths), key=widths.count)
        even = widths.count(width) / len(widths)
        cells = [cell.strip() for row in rows[1:] or rows for cell in row]
        numbers = sum(bool(_NUMBER.fullmatch(cell)) for cell in cells) / max(1, len(cells))
        score = (round(even, 1), numbers, width)
        if width > 1 and score > best_score:
            best, best_score = mark, score
    return best
