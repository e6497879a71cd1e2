"""A run on binarized data: every command sees the same test items, and the report says what was done."""

import numpy as np
import pytest

import zukan
from zukan import commands, data
from zukan.augmentations import Binarize
from zukan.runs.data import read_items, read_splits


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("binarize")
    x = np.random.default_rng(0).integers(0, 256, (60, 5, 4), dtype=np.uint8)
    np.savez(folder / "x.npz", x_train=x[:40], x_test=x[40:], y_train=np.arange(40) % 2, y_test=np.arange(20) % 2)
    return zukan.train(folder / "x.npz", out=folder / "run", binarize="dynamic", epochs=1,
                       encoder={"name": "mlp", "units": [4]})


def test_every_door_gives_the_same_test_items(run, tmp_path):
    gray = data.load(run.source)
    static = data.load(run.source, binarize="static")
    train, test = read_splits(run)
    np.testing.assert_array_equal(test.x, static.test.x)
    np.testing.assert_array_equal(train.x, static.train.x)
    np.save(tmp_path / "some.npy", np.rint(gray.test.x[3:9, ..., 0] * 255).astype(np.uint8))
    np.testing.assert_array_equal(read_items(run, tmp_path / "some.npy").x, test.x[3:9])


def test_the_report_says_what_was_done(run):
    assert run.recipe.likelihood == "bernoulli"
    assert "entropy" not in run.metrics["test"]
    assert not any("levels" in finding["what"] for finding in run.metrics["diagnosis"])
    assert run.environment["data"]["binarize"].startswith("dynamic: training items are drawn anew")
    page = run.file(run.REPORT).read_text(encoding="utf-8")
    assert "dynamic binarization" in page
    assert isinstance(run.model.augmentations[0], Binarize)


def test_the_description_of_the_data(run):
    rows = commands.data(run.source, binarize="static")
    assert any(name == "note" and value.startswith("binarized, static: every value is drawn once") for name, value in rows)
