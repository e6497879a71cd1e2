"""Metadata: the columns of a table of the user's own, and what the run's table holds besides its features."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from zukan import checks
from zukan.data import Dataset
from zukan.data.options import Options
from zukan.data.sources import dispatch, table_kinds
from zukan.data.tables.columns import Understood
from zukan.data.tables.features import check_cells, check_known
from zukan.data.tables.index import find_index
from zukan.data.tables.kinds import EMPTY, UNREAD, LeftOutColumn, infer, typed
from zukan.data.tables.matrix import matrix
from zukan.data.tables.needed import Needed
from zukan.data.tables.schema import ColumnType, Schema
from zukan.data.tables.survey import Survey
from zukan.explorer import ids
from zukan.explorer.item_columns import ItemColumn

KEY = "item"  # the column that names the items in every table that zukan writes
TAKEN = ("item", "row", "split", "class", "cluster", "score", "density")  # what the page itself calls a column or color
MOST, FEW = 255, 12  # a text with more levels is free text; with more than a few, if most rows have their own

Places = npt.NDArray[np.int64]


def read_metadata(source: Any, dataset: Dataset, key: str | None = None,
                  log: Callable[[str], None] = lambda _: None) -> list[ItemColumn]:
    """Return the columns of a table, with a cell for each item of ``dataset``, training items first.

    Parameters
    ----------
    source : path, data frame or mapping, optional
        A CSV or Parquet file, or another table that `zukan.data.load` reads. Without it, the result is empty.
    dataset : Dataset
    key : str, optional
        The column that names the items: their file names or, without names, their rows in the source of ``dataset``,
        counted from 0. By default it is the column ``item``, or the index of the table. A table without any is joined
        row by row.
    log : callable
        Called with a sentence on each thing that was left out or renamed.

    Raises
    ------
    zukan.InputError
        If the source is not a table, the key is not in it or names an item twice, no row names an item, or rows are
        missing in a table without a key.
    """
    if source is None:
        if key is not None:
            raise checks.InputError(f"key must be given together with metadata, got {key!r} alone; give both")
        return []
    is_path = isinstance(source, (str, os.PathLike))
    is_table = table_kinds.is_frame(source) or table_kinds.is_columns(source) or (is_path and Path(source).is_file())
    if is_path and not Path(source).exists():
        raise checks.InputError(f"metadata must be a file that exists, got {str(source)!r}; correct the path")
    opened: Any = Path(source) if is_path else source
    table = dispatch.read(opened, Options(), Needed(whole=True)).table if is_table else None
    if table is None:
        raise checks.InputError(
            f"metadata must be a table, such as a CSV or Parquet file or a data frame, got {checks.show(source)}; "
            "give a table")
    name, surveys = table.table.text, table.surveys
    if not table.rows:
        raise checks.InputError(f"metadata {name!r} must hold rows, got a table without any; give at least one row")
    if key is not None:
        check_known("key", [key], table.table)
    elif KEY in surveys:
        key = KEY
    else:
        index = find_index(table, [])
        key = None if index is None else index.name
    places = _by_row(table, dataset) if key is None else _by_key(table, key, dataset, log)
    features = () if dataset.schema is None else dataset.schema.names
    known = [each for each in surveys if each in features]
    if known:
        log(f"{checks.plural(len(known), 'column')} of {name}, {checks.listed(map(repr, known))}, left out, as the "
            "model's table has columns of these names")
    others = [each for each in surveys if each not in {key, *known, *table.table.indexes}]
    return [each.take(places) for each in columns_of(table, others, log, table.table.name)]


def columns_of(table: Understood, names: Sequence[str], log: Callable[[str], None], source: str) -> list[ItemColumn]:
    """Return columns of a table, a cell for each of its rows; those without values are left out."""
    kinds = {name: _kind(table.surveys[name]) for name in names}
    empty = [name for name, kind in kinds.items() if isinstance(kind, LeftOutColumn)]
    if empty:
        log(f"{checks.plural(len(empty), 'column')} of {source}, {checks.listed(map(repr, empty))}, left out, as no "
            "value of a kind that is read is there")
    typed_columns = [kind for kind in kinds.values() if isinstance(kind, ColumnType)]
    for column in typed_columns:
        check_cells(table.surveys[column.name], table.table, missing=True)
    cells = np.asarray(matrix(table, Schema(tuple(typed_columns)), Options())[:]) if typed_columns else np.empty((0, 0))
    texts = [name for name, kind in kinds.items() if kind is None]
    read_texts = _texts(table, texts)
    places = {column.name: place for place, column in enumerate(typed_columns)}
    result = []
    for name, kind in kinds.items():
        called = f"{name} ({source})" if name in TAKEN else name
        if isinstance(kind, ColumnType):
            column = ColumnType(**{**vars(kind), "name": called})
            result.append(ItemColumn(column, cells[:, places[name]]))
        elif kind is None:
            result.append(ItemColumn(ColumnType(called), read_texts[name]))
    return result


def _kind(survey: Survey) -> ColumnType | LeftOutColumn | None:
    """Return what a column is; None for free text."""
    if survey.kind in {"text", "mixed"} and not survey.are_dates and survey.are_readable:
        count = len(survey.levels.counts)
        if survey.levels.too_many or count > MOST or (count > FEW and 2 * count > survey.rows):
            return None
    return column_type(survey)


def column_type(survey: Survey) -> ColumnType | LeftOutColumn:
    """Return what a column is, also if it is constant or names the rows; or why it is not read."""
    kind = infer(survey, 1)
    if isinstance(kind, LeftOutColumn) and kind.why not in {EMPTY, UNREAD}:
        return typed(survey, kind.kind, 1)
    return kind


def _texts(table: Understood, names: Sequence[str]) -> dict[str, npt.NDArray[np.object_]]:
    """Return the cells of columns as Python texts; in an array of text, each takes the memory of the longest one."""
    pieces: dict[str, list[str]] = {name: [] for name in names}
    for arrays in table.table.batches(names) if names else ():
        for name, array in zip(names, arrays, strict=True):
            pieces[name] += table.cells(array).texts()
    return {name: np.array(texts, object) for name, texts in pieces.items()}


def _by_row(table: Understood, dataset: Dataset) -> Places:
    """Return the row of each item in a table that has a row for each item of the source, in its order."""
    rows = dataset.account.read
    if table.rows != rows:
        raise checks.InputError(
            f"metadata {table.table.text!r} must have a row for each of the {rows:,} items of the data, or a column "
            f"{KEY!r} that names them, got {checks.plural(table.rows, 'row')} without it; add the missing rows, or "
            "name the column with the names or rows of the items (--key)")
    return ids.rows(dataset)


def _by_key(table: Understood, key: str, dataset: Dataset, log: Callable[[str], None]) -> Places:
    """Return the row of each item that its key names, or -1."""
    name = table.table.text
    keys = _texts(table, [key])[key].tolist()
    if any(map(pa.types.is_floating, table.surveys[key].types)):  # whole numbers, among which one is missing
        keys = [re.sub(r"\.0$", "", text) for text in keys]
    place_of: dict[str, int] = {}
    for place, text in enumerate(keys):
        if place_of.setdefault(text, place) != place and text:
            raise checks.InputError(
                f"column {key!r} of metadata {name!r} must name each item once, got {text!r} in rows "
                f"{table.table.row(place_of[text])} and {table.table.row(place)}; remove one of them")
    place_of.pop("", None)
    names = ids.names(dataset)
    rows = [str(row) for row in ids.rows(dataset).tolist()]
    by_name = names is not None and not place_of.keys().isdisjoint(names)
    called: Collection[str] = (by_name and names) or rows
    places = np.array([place_of.get(each, -1) for each in called], np.int64)
    matched = int((places >= 0).sum())
    if not matched:
        what, example = ("row numbers from 0", rows[0]) if names is None else ("file names", next(iter(names)))
        raise checks.InputError(
            f"column {key!r} of metadata {name!r} must hold the items' {what}, such as {example!r}, got "
            f"{checks.listed(map(repr, list(place_of)[:2]))}; correct it, or choose another column (--key)")
    count = dataset.account.read
    if not by_name and "0" in rows and "0" not in place_of and {"1", str(count)} <= place_of.keys():
        raise checks.InputError(
            f"column {key!r} of metadata {name!r} must count the items from 0, got numbers from 1 to {count:,}; "
            "subtract 1 from them")
    if matched < len(places):
        log(f"{len(places) - matched:,} of {len(places):,} items have no row in {name}; their cells are missing")
    if matched < len(place_of):
        log(f"{len(place_of) - matched:,} of {checks.plural(len(place_of), 'row')} of {name} name no item of the run")
    return places
