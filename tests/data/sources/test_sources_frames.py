"""Tables of pandas, polars and pyarrow, and Parquet files."""

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet
from small_table import NUMBERS, arrays

import zukan
from zukan import data
from zukan.checks import InputError


def test_parquet(tmp_path):
    table = pa.table({"height": NUMBERS[:, 0], "weight": NUMBERS[:, 1].astype("int32"), "kind": ["a", "b", "a", "b"]})
    parquet.write_table(table, tmp_path / "t.parquet")
    for source in (tmp_path / "t.parquet", table):
        result = arrays(source, label="kind")
        np.testing.assert_array_equal(result["x"], NUMBERS)
        assert result["y"].tolist() == ["a", "b", "a", "b"]
    (tmp_path / "bad.parquet").write_bytes((tmp_path / "t.parquet").read_bytes()[:-9])
    with pytest.raises(InputError, match="must be a complete Parquet file"):
        data.load(tmp_path / "bad.parquet")


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_frames(library):
    module = pytest.importorskip(library)
    frame = module.DataFrame({"height": NUMBERS[:, 0], "weight": NUMBERS[:, 1].astype(int), "kind": ["a", "b", "a", "b"],
                              "old": [True, False, True, True]})
    dataset = data.load(frame, label="kind", scaling="none")
    assert dataset.columns == ("height", "weight", "old")
    assert dataset.class_names == ("a", "b")
    np.testing.assert_array_equal(arrays(frame)["x"], np.column_stack([NUMBERS, [0, 1, 0, 1], [1, 0, 1, 1]]))
    missing = module.DataFrame({"a": [1, None, 3], "b": ["x", "y", "z"]})
    with pytest.raises(InputError, match="column 'a' .* got no value in row 1 .* leave out --no-missing"):
        data.load(missing, missing=False)
    with pytest.raises(InputError, match="condition must be 'label' or a column of the table in memory, .* got 'kinds'; did you mean 'kind'"):
        data.load(frame, condition="kinds")
    with pytest.raises(InputError, match="source 'the table in memory' must hold rows, got a table without any"):
        data.load(frame[:0])
    assert arrays(frame.sample(n=4) if library == "polars" else frame.sample(4))["x"].shape == (4, 4)


def test_skipped_columns_are_reported_by_train(tmp_path):
    table = pa.table({"a": np.arange(12.0) * 1.5, "b": ["x"] * 12})
    lines = []
    run = zukan.train(table, out=tmp_path / "run", epochs=1, encoder=zukan.networks.MLP([2]), log=lines.append)
    assert "left out 1 column with one value only: 'b' (x); --columns=b=category keeps it" in lines
    assert run.environment["read"]["left_out"] == [{"count": 1, "unit": "column", "why": "with one value only", "examples": ["b"]}]
    assert run.environment["read"]["read"] == 12
    np.testing.assert_array_equal(arrays(table.to_batches()[0])["x"], arrays(table)["x"])
