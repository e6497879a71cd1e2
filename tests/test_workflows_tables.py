"""A table from file to model and back, in its own units."""

import csv
import json

import numpy as np
import pytest

import zukan
from zukan import workflows
from zukan.checks import InputError


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Return a run on a table whose columns lie along a line, with scales far apart."""
    folder = tmp_path_factory.mktemp("table")
    rng = np.random.default_rng(0)
    t = rng.normal(size=(240, 1))
    x = np.hstack([1e6 + 1e4 * t, 5 - 0.01 * t]) + rng.normal(size=(240, 2)) * [100, 1e-4]
    with (folder / "t.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["price", "rate", "kind"])
        writer.writerows([*row, "high" if row[0] > 1e6 else "low"] for row in x.tolist())
    run = zukan.train(folder / "t.csv", out=folder / "run", label="kind", epochs=40, batch_size=16, learning_rate=0.01,
                      latent_dim=1, encoder={"name": "mlp", "units": [16]})
    return run, folder, x


def table(path):
    with path.open(newline="") as file:
        head, *rows = csv.reader(file)
    return head, np.array(rows, float)


def test_reconstructions_are_in_the_units_of_the_table(run, tmp_path):
    run, folder, x = run
    workflows.reconstruct(run.path, folder / "t.csv", tmp_path / "r.csv", count=240)
    head, got = table(tmp_path / "r.csv")
    assert head == ["price", "rate"]
    error = np.abs(got - x).mean(axis=0)
    assert (error < 0.3 * x.std(axis=0)).all()
    workflows.reconstruct(run.path, folder / "t.csv", tmp_path / "r.npz", count=240)
    with np.load(tmp_path / "r.npz") as arrays:
        np.testing.assert_allclose(arrays["x"], got)
        assert arrays["columns"].tolist() == head
    np.testing.assert_allclose(zukan.data.collect(tmp_path / "r.npz").arrays["x"], got)


def test_the_atlas_says_which_column_a_bar_is(run):
    page = run[0].file("index.html").read_text("utf-8")
    assert ("An item&#39;s bars are, from left to right, price and rate (each feature to mean 0 and standard deviation 1 on the "
            "training items).") in page


def test_an_export_says_how_the_table_was_scaled(run, tmp_path):
    onnx = pytest.importorskip("onnx")
    run, _, x = run
    workflows.export(run.path, tmp_path)
    for name in ("encoder.onnx", "decoder.onnx"):
        told = {prop.key: json.loads(prop.value) for prop in onnx.load(tmp_path / name).metadata_props}
        assert told["columns"] == ["price", "rate"]
        scaling = zukan.data.Scaling.from_json(told["scaling"])
        np.testing.assert_allclose(scaling.apply(x).mean(axis=0), 0, atol=0.2)
        np.testing.assert_allclose(scaling.undo(scaling.apply(x)), x, rtol=1e-6)


def test_samples_and_morphs_too(run, tmp_path):
    run, _, x = run
    workflows.sample(run.path, tmp_path / "s.csv", count=200)
    drawn = table(tmp_path / "s.csv")[1]
    assert (np.abs(drawn.mean(axis=0) - x.mean(axis=0)) < 0.6 * x.std(axis=0)).all()
    assert np.corrcoef(drawn.T)[0, 1] < -0.9
    workflows.interpolate(run.path, 0, 1, None, tmp_path / "m.csv", steps=5)
    assert table(tmp_path / "m.csv")[1].shape == (5, 2)


def test_other_tables_are_read_by_name(run, tmp_path):
    run = run[0]
    (tmp_path / "new.csv").write_text("rate,note,price\n5.0,a,1000000\n4.99,b,1010000\n")
    assert workflows.encode(run.path, tmp_path / "new.csv", tmp_path / "z.npz") == (2, 1)
    scaled = (np.array([[1e6, 5.0], [1.01e6, 4.99]]) - run.environment["scaling"]["offset"]) / run.environment["scaling"]["factor"]
    with np.load(tmp_path / "z.npz") as codes:
        np.testing.assert_allclose(codes["z"], run.model.encode(scaled.astype("float32")), rtol=1e-5)
    (tmp_path / "new.csv").write_text("rate,prices\n5.0,1000000\n")
    with pytest.raises(InputError, match=r"must have the column 'price'.*did you mean 'prices'"):
        workflows.encode(run.path, tmp_path / "new.csv", tmp_path / "z.npz")
    with pytest.raises(InputError, match="must have 2 features"):
        workflows.encode(run.path, np.zeros((3, 5)), tmp_path / "z.npz")


def test_bytes_come_back_as_bytes(tmp_path):
    x = np.random.default_rng(0).integers(0, 256, (12, 4, 4), dtype=np.uint8)
    run = zukan.train(x, out=tmp_path / "run", epochs=1, encoder={"name": "mlp", "units": [4]})
    workflows.sample(run.path, tmp_path / "s.npz", count=3)
    with np.load(tmp_path / "s.npz") as arrays:
        assert (arrays["x"].dtype, arrays["x"].shape) == (np.uint8, (3, 4, 4, 1))
        np.testing.assert_allclose(arrays["x"] / 255, run.model.sample(3), atol=0.5 / 255 + 1e-6)


def test_a_record_that_cannot_be_understood(run, tmp_path):
    import json
    import shutil

    copy = tmp_path / "copy"
    shutil.copytree(run[0].path, copy)
    known = json.loads((copy / "environment.json").read_text())
    known["scaling"]["factor"] = [1, 0]
    (copy / "environment.json").write_text(json.dumps(known))
    with pytest.raises(InputError, match="must record the scaling of the data"):
        workflows.sample(copy, tmp_path / "s.csv")
