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
from zukan.data.tables.kinds import LeftOutColumn
from zukan.data.tables.levels import MOST
from zukan.data.tables.matrix import matrix
from zukan.data.tables.schema import ColumnType, Schema
from zukan.explorer import columns, ids
from zukan.explorer.item_columns import ItemColumn
from zukan.explorer.labels import labels
from zukan.explorer.metadata import column_type
from zukan.model import VAE

UNNAMED = "values"  # of an array without a name


class Items(NamedTuple):
    """The names by which the page can color the items, and the rows of the items in the source.

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
    try:
        shape = np.shape(color_by)
    except ValueError:  # lists of different lengths
        shape = ()
    if shape != (items.read,):
        raise checks.InputError(
            f"color_by must have a value for each of the {items.read:,} rows of the source, shape ({items.read},), got "
            f"shape {shape}; give one value for each row, and NaN or None for a missing one")
    name = getattr(color_by, "name", None)
    column, cells = column_of(UNNAMED if name is None else str(name), color_by)
    kind = columns.stored(column, cells)
    return {"column": columns.entry(column, kind), "cells": columns.coded(cells[items.rows], kind).tobytes()}


def column_of(name: str, values: Any) -> tuple[ColumnType, npt.NDArray[np.float64]]:
    """Return what the values are, by the rules for columns of tables, and the values as numbers or levels.

    Raises
    ------
    zukan.InputError
        If no value is there, one is infinite or of a kind that a table cannot hold, or too many texts differ.
    """
    table = understand(frames.opened({name: values}), Options())
    survey = table.surveys[name]
    column = column_type(survey)
    if isinstance(column, LeftOutColumn):
        raise checks.InputError(
            f"color_by must hold numbers, booleans, dates or text, got {checks.show(values)}; convert them")
    if survey.infinite:
        raise checks.InputError("color_by must hold finite numbers, got infinity; give NaN for a missing value")
    if column.kind == "category" and survey.levels.too_many:
        raise checks.InputError(
            f"color_by must have at most {MOST:,} different texts, got more; join some of them, or give numbers")
    return column, np.asarray(matrix(table, Schema((column,)), Options())[:])[:, 0]
