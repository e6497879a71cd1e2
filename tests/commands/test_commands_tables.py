"""A table from file to model and back, in its own units."""

import csv
import json
import shutil

import numpy as np
import pytest

import zukan
from zukan import commands
from zukan.checks import InputError
from zukan.commands import training_runs


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("table")


@pytest.fixture(scope="module")
def x():
    """Rows near a line, with features of very different scales."""
    rng = np.random.default_rng(0)
    t = rng.normal(size=(240, 1))
    return np.hstack([1e6 + 1e4 * t, 5 - 0.01 * t]) + rng.normal(size=(240, 2)) * [100, 1e-4]


@pytest.fixture(scope="module")
def run(folder, x):
    """A run on the table ``t.csv`` in ``folder``."""
    with (folder / "t.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["price", "rate", "kind"])
        writer.writerows([*row, "high" if row[0] > 1e6 else "low"] for row in x.tolist())
    return zukan.train(folder / "t.csv", out=folder / "run", label="kind", epochs=40, batch_size=16, learning_rate=0.01,
                       latent_dim=1, encoder={"name": "mlp", "units": [16]})


def read_table(path):
    with path.open(newline="") as file:
        head, *rows = csv.reader(file)
    return head, np.array(rows, float)


def test_reconstructions_are_in_the_units_of_the_table(run, folder, x, tmp_path):
    commands.reconstruct(run.path, folder / "t.csv", tmp_path / "r.csv", count=240)
    head, reconstructions = read_table(tmp_path / "r.csv")
    assert head == ["price", "rate"]
    error = np.abs(reconstructions - x).mean(axis=0)
    assert (error < 0.3 * x.std(axis=0)).all()
    commands.reconstruct(run.path, folder / "t.csv", tmp_path / "r.npz", count=240)
    with np.load(tmp_path / "r.npz") as arrays:
        np.testing.assert_allclose(arrays["x"], reconstructions)
        assert arrays["columns"].tolist() == head
    np.testing.assert_allclose(zukan.data.collect(tmp_path / "r.npz").arrays["x"], reconstructions)


def test_the_report_says_which_column_a_bar_is(run):
    page = run.file("index.html").read_text("utf-8")
    assert "from left to right, price and rate (scaled: each feature to mean 0 and standard deviation 1 on the training items)" in page


def test_an_export_records_the_scaling_and_the_columns(run, x, tmp_path):
    onnx = pytest.importorskip("onnx")
    commands.export(run.path, tmp_path)
    for name in ("encoder.onnx", "decoder.onnx"):
        record = {entry.key: json.loads(entry.value) for entry in onnx.load(tmp_path / name).metadata_props}
        assert [column["name"] for column in record["columns"]] == ["price", "rate"]
        scaling = zukan.data.Scaling.from_json(record["scaling"])
        np.testing.assert_allclose(scaling.apply(x).mean(axis=0), 0, atol=0.2)
        np.testing.assert_allclose(scaling.undo(scaling.apply(x)), x, rtol=1e-6)


def test_samples_and_morphs_are_in_the_units_of_the_table(run, x, tmp_path):
    commands.sample(run.path, tmp_path / "s.csv", count=200)
    samples = read_table(tmp_path / "s.csv")[1]
    assert (np.abs(samples.mean(axis=0) - x.mean(axis=0)) < 0.6 * x.std(axis=0)).all()
    assert np.corrcoef(samples.T)[0, 1] < -0.9
    commands.interpolate(run.path, 0, 1, None, tmp_path / "m.csv", steps=5)
    assert read_table(tmp_path / "m.csv")[1].shape == (5, 2)


def test_the_name_of_a_row_comes_before_its_number(run, tmp_path):
    """R's row names count from 1."""
    (tmp_path / "r.csv").write_text('"","price","rate"\n"1",1e6,5.0\n"2",1.01e6,4.99\n"3",1.02e6,4.98\n')
    ends = commands.interpolate(run.path, "1", "3", tmp_path / "r.csv", tmp_path / "m.csv", steps=2)
    assert ends.items == ("1", "3")
    assert commands.interpolate(run.path, 0, 2, tmp_path / "r.csv", tmp_path / "m.csv", steps=2).items == ("1", "2")


def test_columns_of_other_tables_are_found_by_name(run, tmp_path):
    (tmp_path / "new.csv").write_text("rate,note,price\n5.0,a,1000000\n4.99,b,1010000\n")
    assert commands.encode(run.path, tmp_path / "new.csv", tmp_path / "z.npz") == (2, 1)
    scaling = run.environment["scaling"]
    scaled = (np.array([[1e6, 5.0], [1.01e6, 4.99]]) - scaling["offset"]) / scaling["factor"]
    with np.load(tmp_path / "z.npz") as codes:
        np.testing.assert_allclose(codes["z"], run.model.encode(scaled.astype("float32")), rtol=1e-5)
    (tmp_path / "new.csv").write_text("rate,prices\n5.0,1000000\n")
    with pytest.raises(InputError, match=r"must have the column 'price'.*did you mean 'prices'"):
        commands.encode(run.path, tmp_path / "new.csv", tmp_path / "z.npz")
    with pytest.raises(InputError, match="must have 2 features"):
        commands.encode(run.path, np.zeros((3, 5)), tmp_path / "z.npz")


def test_bytes_stay_bytes(tmp_path, monkeypatch):
    monkeypatch.setattr(training_runs, "write_atlas", lambda *_: None)
    x = np.random.default_rng(0).integers(0, 256, (12, 4, 4), dtype=np.uint8)
    run = zukan.train(x, out=tmp_path / "run", epochs=1, encoder={"name": "mlp", "units": [4]})
    commands.sample(run.path, tmp_path / "s.npz", count=3)
    with np.load(tmp_path / "s.npz") as arrays:
        assert (arrays["x"].dtype, arrays["x"].shape) == (np.uint8, (3, 4, 4, 1))
        np.testing.assert_allclose(arrays["x"] / 255, run.model.sample(3), atol=0.5 / 255 + 1e-6)


@pytest.mark.parametrize("damage", [lambda record: record["columns"][1].update(factor=0),
                                    lambda record: record.pop("scaling"), lambda record: record.pop("columns")],
                         ids=["a factor of 0", "no scaling", "no columns"])
def test_an_invalid_record_of_the_scaling(damage, run, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(run.path, copy)
    record = run.environment
    damage(record)
    (copy / "environment.json").write_text(json.dumps(record))
    with pytest.raises(InputError, match="must record the scaling and the columns of the data"):
        commands.sample(copy, tmp_path / "s.csv")
