"""What `zukan data` says and draws."""

import numpy as np
import pytest
from PIL import Image

import zukan
from zukan import cli, plots
from zukan.overview import overview

RNG = np.random.default_rng(0)


@pytest.fixture
def folder(tmp_path):
    for i in range(12):
        path = tmp_path / "pets" / ("cat" if i % 3 else "dog") / f"{i}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(RNG.integers(0, 256, (20, 18, 3), dtype=np.uint8)).save(path)
    (tmp_path / "pets" / "cat" / "bad.png").write_bytes(b"?")
    copy = (tmp_path / "pets" / "cat" / "1.png").read_bytes()
    (tmp_path / "pets" / "cat" / "again.png").write_bytes(copy)
    return tmp_path / "pets"


def test_a_folder(folder, tmp_path, capsys):
    out = tmp_path / "sheet.png"
    assert cli.run(["data", str(folder), "-o", str(out), "--test-fraction", "0.5", "--channels", "1"]) == 0
    said = capsys.readouterr().out
    for words in ("13 of 20 × 18 × 1", "7 to train, 6 to test (test_fraction 0.5, seed 0, by class)", "read as grayscale",
                  "cat/bad.png: it is not an image of a supported format", "2: cat (9), dog (4)", "bernoulli, since 8-bit", "conv, since",
                  f"zukan train {folder} --test-fraction 0.5 --channels 1"):
        assert words in said
    with Image.open(out) as sheet:
        assert sheet.width > 300
    lines = dict(overview(folder, test_fraction=0.5, seed=3))
    assert any(lines["duplicates"].startswith(start) for start in ("1 within", "0 within"))


def test_a_table_in_its_own_units(tmp_path):
    x = RNG.normal(50, 10, (40, 5))
    x[:, 2] = 7
    lines = dict(overview(x, out=tmp_path / "f.png", scaling="standard"))
    assert lines["constant"] == "1 of 5 values are the same in every item"
    assert lines["likelihood"].startswith("normal, since the features are centred")
    assert lines["classes"] == "none"
    dataset = zukan.data.load(x, scaling="standard")
    drawn = plots.features(dataset.scaling.undo(dataset.train.x)).numbers["quantiles"]
    train = x[np.isin(x[:, 0].astype("float32"), dataset.scaling.undo(dataset.train.x)[:, 0].astype("float32"))]
    np.testing.assert_allclose(drawn[3], np.median(train, axis=0), rtol=0.2)


def test_a_class_that_is_only_tested(tmp_path):
    x = RNG.random((8, 4))
    lines = overview({"x_train": x[:6], "y_train": np.zeros(6, int), "x_test": x[5:], "y_test": np.array([0, 0, 2])})
    assert ("note", "1 classes occur among the test items only") in lines
    assert dict(lines)["duplicates"].endswith("1 test items are also training items (test 0 is training 5)")


@pytest.mark.parametrize("count", [1, 7, 300])
def test_contact_sheet_shows_items_evenly(count):
    images = RNG.random((count, 6, 5, 1))
    rows = plots.contact_sheet(images).numbers["rows"]
    flat = [i for row in rows for i in row]
    assert flat == sorted(set(flat))
    assert (flat[0], flat[-1], len(flat)) == (0, count - 1, min(count, 96))


def test_contact_sheet_by_class():
    labels = np.array([0, 2, 2, 0, 2] * 9)
    shown = plots.contact_sheet(RNG.random((45, 6, 5, 3)), labels, ["cat", "cow", "dog"])
    assert [len(row) for row in shown.numbers["rows"]] == [12, 12]
    assert all(labels[row].tolist() == [kind] * 12 for row, kind in zip(shown.numbers["rows"], (0, 2), strict=True))
    assert [text.get_text() for text in shown.axes.get_yticklabels()] == ["cat", "dog"]


def test_many_features():
    x = RNG.normal(size=(9, 500))
    assert len(plots.features(x).numbers["features"]) == 40


def test_training_tells_of_test_items_it_trains_on(tmp_path):
    told, x = [], RNG.random((8, 4))
    zukan.train({"x_train": x[:6], "x_test": x[5:]}, out=tmp_path / "run", epochs=1, tell=told.append,
                encoder={"name": "mlp", "units": [4]})
    assert any("1 of 3 test items are also training items" in line for line in told)
