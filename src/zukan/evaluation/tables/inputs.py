"""Rows of a table as inputs of scikit-learn models."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
from sklearn.compose import ColumnTransformer
from sklearn.exceptions import ConvergenceWarning
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from threadpoolctl import threadpool_limits  # scikit-learn needs it too

from zukan.data.tables.schema import Schema
from zukan.evaluation.tables.values import is_number, level_count

MAX_LEVELS = 32  # inputs of a category; the rarest levels share one
CELLS = 3_000_000  # inputs of all rows together on which a model is trained


def preparing(schema: Schema, places: np.ndarray) -> ColumnTransformer:
    """Return what turns raw rows into inputs: numbers scaled, the mean in a gap, and one input for each level.

    Gaps of a column with numbers have one more input, and those of a category are a level.

    Parameters
    ----------
    schema : Schema
    places : int array
        The columns that become inputs.
    """
    number = is_number(schema)
    numbers = make_pipeline(SimpleImputer(add_indicator=True, keep_empty_features=True), StandardScaler())
    levels = OneHotEncoder(max_categories=MAX_LEVELS, handle_unknown="infrequent_if_exist", sparse_output=False)
    return ColumnTransformer([("numbers", numbers, [place for place in places if number[place]]),
                              ("levels", levels, [place for place in places if not number[place]])])


def pipeline(schema: Schema, places: np.ndarray, model: Any) -> Any:
    """Return ``model`` on raw rows."""
    return make_pipeline(preparing(schema, places), model)


@contextlib.contextmanager
def training() -> Iterator[None]:
    """Train models in one thread, without a warning if a linear model is not quite finished.

    With several threads, boosted trees wait for each other: on a busy machine they took 17 times as long.
    """
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        yield


def row_limit(schema: Schema, most: int) -> int:
    """Return how many rows a model is trained on: ``most``, or fewer if the table is wide."""
    width = sum(1 if number else min(MAX_LEVELS, level_count(column))
                for column, number in zip(schema.columns, is_number(schema), strict=True))
    return max(200, min(most, CELLS // width))
