"""From named columns to features and labels."""

import json

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet
from small_table import NUMBERS, ROWS, TEXT, numbers, write

from zukan import data
from zukan.checks import InputError


def test_columns_that_are_left_out_are_told(tmp_path):
    dataset = data.load(write(tmp_path, TEXT))
    assert dataset.train.y is None
    assert dataset.columns == ("height", "weight", "kind")
    assert dataset.notes == ()
    constant = data.load(write(tmp_path, "height,weight,kind\n" + "".join(f"{i * 1.5},{i * i},a\n" for i in range(10))))
    assert constant.columns == ("height", "weight")
    assert constant.notes == ("left out 1 column with one value only: 'kind' (a); --columns=kind=category keeps it",)


def test_standardized_on_the_training_items_alone(tmp_path):
    rng = np.random.default_rng(0)
    x = np.column_stack([rng.normal(1e6, 1, 60), rng.normal(0, 1e-3, 60), np.full(60, 4.0)])
    path = write(tmp_path, "a,b,c\n" + "".join(f"{a!r},{b!r},{c!r}\n" for a, b, c in x.tolist()))
    dataset = data.load(path, seed=3, columns="c=number")
    np.testing.assert_allclose(dataset.train.x.mean(axis=0), 0, atol=1e-6)
    np.testing.assert_allclose(dataset.train.x.std(axis=0), [1, 1, 0], atol=1e-6)
    assert abs(dataset.test.x[:, :2].mean()) > 1e-4
    back = np.sort(np.concatenate([dataset.scaling.undo(part.x) for part in (dataset.train, dataset.test)]), axis=0)
    np.testing.assert_allclose(back, np.sort(x, axis=0), rtol=1e-6)
    unit = data.load(path, scaling="minmax", columns="c=number")
    assert (unit.train.x.min(), unit.train.x.max()) == (0, 1)
    np.testing.assert_array_equal(data.load(path, scaling="none", seed=3, columns="c=number").train.x[:, 2], 4)
    again = data.Scaling.from_json(dataset.scaling.to_json())
    np.testing.assert_array_equal(again.apply(x), dataset.scaling.apply(x))


def test_the_columns_of_a_run_are_found_by_name(tmp_path):
    other = write(tmp_path, "kind,weight,extra,height\n" + "".join(f"{c},{b},9,{a}\n" for a, b, c in ROWS))
    np.testing.assert_array_equal(data.items(other, schema=numbers("height", "weight"))[0].x, NUMBERS)
    with pytest.raises(InputError, match=r"must have the column 'length'.*did you mean 'weight'"):
        data.items(other, schema=numbers("length", "weight"))
    with pytest.raises(InputError, match="'kind' .*must hold numbers, as in the data of the run"):
        data.items(other, schema=numbers("kind"))
    assert data.items(other, schema=numbers("weight"), label="absent")[0].y is None


def test_a_mapping_with_columns_is_a_table():
    table = {"x": NUMBERS, "columns": np.array(["height", "weight"])}
    assert data.load(table).columns == ("height", "weight")
    assert data.load(table).provenance["scaling"].startswith("each feature to mean 0")
    with pytest.raises(InputError, match="columns in source must hold one name for each feature"):
        data.load({**table, "columns": np.array(["height"])})


def test_lists_of_numbers_in_a_column(tmp_path):
    pandas = pytest.importorskip("pandas")
    lists = [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]
    table = {"emb": lists, "id": [7, 8, 9], "ragged": [[1.0], [2.0, 3.0], None], "cube": [[[1.0]]] * 3}
    parquet.write_table(pa.table(table), tmp_path / "t.parquet")
    (tmp_path / "t.jsonl").write_text("".join(json.dumps({k: v[i] for k, v in table.items()}) + "\n" for i in range(3)))
    arrays = pandas.DataFrame({**table, "emb": [np.array(row) for row in lists]})
    for source in (pa.table(table), tmp_path / "t.parquet", tmp_path / "t.jsonl", pandas.DataFrame(table), arrays):
        collected = data.collect(source)
        assert collected.arrays["columns"].tolist() == ["emb0", "emb1", "id"]
        np.testing.assert_array_equal(collected.arrays["x"], [[1, 2, 7], [3, 4, 8], [5, 6, 9]])
        assert collected.account.left_out[0].names == ("ragged", "cube")
