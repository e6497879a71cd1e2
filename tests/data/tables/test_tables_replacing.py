"""Cells of frames that are replaced: the index, the types and all other cells stay."""

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from zukan.data.tables.replacing import append, replace_cells, select

NEW = pa.table({"whole": [7, 8, 9], "small": [0.25, 0.5, 0.75], "text": ["x", "y", "z"], "level": ["low", "odd", "high"],
                "flag": [True, False, True]})
MASKS = {"whole": np.array([True, False, False]), "small": np.array([False, True, False]),
         "text": np.array([False, False, False]), "level": np.array([False, True, True]), "flag": np.array([False, False, True])}


def test_frames_of_pandas():
    old = pd.DataFrame({"whole": pd.array([None, 2, 3], "Int16"), "small": np.array([0.1, np.nan, 0.3], np.float32),
                        "text": ["a", "b", "c"], "level": pd.Categorical(["low", None, None], ["low", "high"]),
                        "flag": np.array([True, False, None], object), "other": [object()] * 3}, index=["p", "q", "r"])
    new = replace_cells(old, NEW, MASKS)
    assert list(new["whole"]) == [7, 2, 3]
    np.testing.assert_array_equal(new["small"], np.array([0.1, 0.5, 0.3], np.float32))
    assert list(new["level"]) == ["low", "odd", "high"]
    assert list(new["flag"]) == [True, False, True]
    assert new.index.equals(old.index)
    assert (new.dtypes.drop("level") == old.dtypes.drop("level")).all()
    assert list(new["level"].cat.categories) == ["low", "high", "odd"]
    assert new["other"].equals(old["other"])
    assert old.isna().to_numpy().sum() == 5  # the frame that was given stays as it was


def test_a_type_that_cannot_hold_the_new_values_is_changed():
    old = pd.DataFrame({"small": pd.array([1, None, 3], "Int64")})
    assert replace_cells(old, NEW, {"small": MASKS["small"]})["small"].to_list() == [1, 0.5, 3]
    assert replace_cells(pl.from_pandas(old), NEW, {"small": MASKS["small"]})["small"].to_list() == [1, 0.5, 3]


def test_frames_of_polars():
    old = pl.DataFrame({"whole": pl.Series([None, 2, 3], dtype=pl.Int16), "small": pl.Series([0.1, None, 0.3], dtype=pl.Float32),
                        "text": ["a", "b", "c"], "level": pl.Series(["low", None, None], dtype=pl.Categorical),
                        "flag": [True, False, None]})
    new = replace_cells(old, NEW, MASKS)
    assert new.schema == old.schema
    assert new["whole"].to_list() == [7, 2, 3]
    assert new["small"][[0, 2]].equals(old["small"][[0, 2]])
    assert new["level"].to_list() == ["low", "odd", "high"]
    enum = old.with_columns(pl.col("level").cast(pl.Enum(["low", "high"])))
    assert replace_cells(enum, NEW, MASKS)["level"].to_list() == ["low", "odd", "high"]


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame, pa.table])
def test_columns_that_are_taken_out_and_added(make):
    frame = select(make({"a": [1, 2], "b": [3, 4], "c": [5, 6]}), [0, 2], ["a", "c"])
    frame = append(frame, {"new": np.array([True, False])})
    assert list(getattr(frame, "column_names", frame.columns)) == ["a", "c", "new"]
    assert type(frame) is type(make({"a": [1]}))
    assert np.asarray(frame["new"]).tolist() == [True, False]
    assert append(frame, {}) is frame
