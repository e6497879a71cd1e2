"""What `zukan data` prints and draws."""

import numpy as np
import pytest
from PIL import Image

import zukan
from zukan import cli, commands, plots

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
    arguments = ["--test-fraction", "0.5", "--channels", "1", "--memory", "1e-9", "--workers", "0", "--no-stratify"]
    assert cli.run(["data", str(folder), "-o", str(out), *arguments]) == 0
    printed = capsys.readouterr().out
    for words in ("13 of 20 × 18 × 1", "7 training items, 6 test items (test_fraction 0.5, seed 0)", "read as grayscale",
                  "left out    1 file that cannot be read: 'cat/bad.png' (it is not an image of a supported format)", "2: cat (9), dog (4)", "bernoulli, because the values are 8-bit",
                  "conv, because",
                  f"zukan train {folder} --channels 1 --test-fraction 0.5 --no-stratify --memory 1e-09 --workers 0"):
        assert words in printed
    with Image.open(out) as sheet:
        assert sheet.width > 300
    lines = dict(commands.data(folder, test_fraction=0.5, seed=3))
    assert lines["split"] == "7 training items, 6 test items (test_fraction 0.5, seed 3, by class)"
    assert any(lines["duplicates"].startswith(start) for start in ("1 within", "0 within"))


def test_a_table_in_its_own_units(tmp_path):
    x = RNG.normal(50, 10, (40, 5))
    x[:, 2] = 7
    lines = dict(commands.data(x, out=tmp_path / "f.png", scaling="standard"))
    assert lines["constant"] == "1 of 5 values are the same in every training item"
    assert lines["likelihood"].startswith("normal, because the features are centered")
    assert lines["classes"] == "none"
    dataset = zukan.data.load(x, scaling="standard")
    quantiles = plots.features(dataset.scaling.undo(dataset.train.x)).numbers["quantiles"]
    train = x[np.isin(x[:, 0].astype("float32"), dataset.scaling.undo(dataset.train.x)[:, 0].astype("float32"))]
    np.testing.assert_allclose(quantiles[3], np.median(train, axis=0), rtol=0.2)


@pytest.mark.parametrize("memory", [None, 1e-9])
def test_missing_values(memory, tmp_path, capsys):
    x = RNG.normal(50, 10, (40, 5)).astype("float32")
    x[:, 2] = 7
    x[::3, 1:4] = np.nan
    np.save(tmp_path / "x.npy", x)
    given = ["--memory", str(memory)] if memory else []
    assert cli.run(["data", str(tmp_path / "x.npy"), "-o", str(tmp_path / "f.png"), "--missing", "--scaling", "standard", *given]) == 0
    printed = capsys.readouterr().out
    for words in ("42 of 200 values are missing (21.0%)", "1 of 5 values are the same in every training item", "normal, because the features are centered",
                  f"zukan train {tmp_path / 'x.npy'} --scaling standard --missing"):
        assert words in printed
    images = RNG.random((40, 6, 5)).astype("float32")
    images[::3, 2:4] = np.nan
    assert dict(commands.data(images, out=tmp_path / "sheet.png", missing=True))["note"] == "140 of 1,200 values are missing (11.7%)"


def test_a_class_without_training_items():
    x = RNG.random((8, 4))
    lines = commands.data({"x_train": x[:6], "y_train": np.zeros(6, int), "x_test": x[5:], "y_test": np.array([0, 0, 2])})
    assert ("note", "1 classes occur only among the test items") in lines
    assert dict(lines)["duplicates"].endswith("1 test items are also training items (test item 6 is training item 5)")


def test_long_lists_of_classes_are_cut():
    y = np.arange(60) % 30
    assert dict(commands.data((RNG.random((60, 3)), y)))["classes"].endswith("19 (2), …")


@pytest.mark.parametrize(("condition", "told"), [
    (None, None), ("sex", "sex (2 classes)"), ("age, sex, site", "age (numbers), sex (2 classes), site (1 class)"), ("label", "label (3 classes)")])
def test_the_condition_is_told_with_its_classes(condition, told):
    table = {"a": RNG.normal(size=24), "age": RNG.normal(size=24), "sex": ["f", "m"] * 12, "site": ["x"] * 24, "kind": ["k", "l", "m"] * 8}
    assert dict(commands.data(table, label="kind", condition=condition)).get("condition") == told
