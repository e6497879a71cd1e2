"""What colors the points of the widget: something that the page has, or an array of values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from zukan import checks
from zukan.data import Dataset
from zukan.data.options import Options
from zukan.data.sources import frames
from zukan.data.tables.columns import understand
from zukan.data.tables.kinds import LeftOutColumn, infer, typed
from zukan.data.tables.matrix import matrix
from zukan.data.tables.schema import ColumnType, Schema
from zukan.explorer import columns, ids
from zukan.explorer.item_columns import ItemColumn
from zukan.explorer.labels import labels
from zukan.model import VAE

UNNAMED = "values"  # of an array without a name


class Items(NamedTuple):
    """What is known of the items: the names by which the page can color them, and where they are in the source.

    Attributes
    ----------
    names : tuple of str
    rows : int64 array, shape (count,)
        The row of each item in the source, training items first.
    read : int
        How many rows the source has.
    """

    names: tuple[str, ...]
    rows: npt.NDArray[np.int64]
    read: int

    @classmethod
    def of(cls, vae: VAE, dataset: Dataset, extra: Sequence[ItemColumn] = ()) -> Items:
        """Return what is known of the items of ``dataset``, which have the columns ``extra`` as well."""
        there = {"class": labels(dataset) is not None, "score": vae.density, "density": True}
        names = (*(name for name, is_there in there.items() if is_there), *(dataset.columns or ()),
                 *(each.column.name for each in extra if not each.is_text))
        return cls(names, ids.rows(dataset), dataset.account.read)


def colors(color_by: Any, items: Items) -> dict[str, Any]:
    """Return what the page needs to color the points.

    Parameters
    ----------
    color_by : str or array-like
        One of ``items.names``; or a value for each row of the source, numeric or categorical.
    items : Items

    Returns
    -------
    dict
        ``name``; or ``column``, what the values are, as in the manifest, and ``cells``, the bytes of one for each item.

    Raises
    ------
    zukan.InputError
        If the page does not have that name, or the values are not one for each row, of one kind.
    """
    if isinstance(color_by, str):
        otherwise = "or give an array with a value for each row"
        return {"name": checks.choice("color_by", color_by, items.names, otherwise=otherwise)}
    shape = np.shape(color_by)
    if shape != (items.read,):
        raise checks.InputError(
            f"color_by must have a value for each of the {items.read:,} rows of the source, shape ({items.read},), got "
            f"shape {shape}; give one value for each row, and NaN or None where there is none")
    name = getattr(color_by, "name", None)
    column, cells = column_of(UNNAMED if name is None else str(name), color_by)
    kind = columns.stored(column, cells)
    return {"column": columns.entry(column, kind), "cells": columns.coded(cells[items.rows], kind).tobytes()}


def column_of(name: str, values: Any) -> tuple[ColumnType, npt.NDArray[np.float64]]:
    """Return what the values are, by the rules for columns of tables, and the values as numbers or levels.

    Raises
    ------
    zukan.InputError
        If no value is there, or one is infinite or of a kind that a table cannot hold.
    """
    table = understand(frames.opened({name: values}), Options())
    survey = table.surveys[name]
    if survey.kind == "empty" or not survey.are_readable:
        raise checks.InputError(
            f"color_by must hold numbers, booleans, dates or text, got {checks.show(values)}; convert them")
    if survey.infinite:
        raise checks.InputError("color_by must hold finite numbers, got infinity; give NaN where there is no value")
    column = infer(survey, 1)
    if isinstance(column, LeftOutColumn):
        column = typed(survey, column.kind, 1)
    return column, np.asarray(matrix(table, Schema((column,)), Options())[:])[:, 0]
