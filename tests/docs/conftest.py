"""The folder in which a page's code runs: small files with the names that the pages use, and a small trained run."""

import importlib.resources
import shutil
from pathlib import Path

import numpy as np
import page_commands
import pandas
import pytest
from PIL import Image
from sklearn.datasets import load_iris

import zukan
from blobs import blobs
from plugin_file import FILE

TRAINED, TESTED = 300, 100  # items of MNIST that are left of it here


class Packaged:
    """A folder of the package in which ``mnist.npz`` is a smaller file."""

    def __init__(self, folder, mnist):
        self.folder, self.mnist = folder, mnist

    def joinpath(self, *names):
        return self.mnist if names[-1] == "mnist.npz" else self.folder.joinpath(*names)

    __truediv__ = joinpath


@pytest.fixture(scope="session")
def files(tmp_path_factory):
    """Make the files that the pages name: the arrays, the tables, parts.py, photos/ and new/."""
    folder = tmp_path_factory.mktemp("files")
    mnist = zukan.data.load("mnist")
    images = {part: (255 * split.x[:count, ..., 0]).round().astype("uint8")
              for part, split, count in (("train", mnist.train, TRAINED), ("test", mnist.test, TESTED))}
    (folder / "hidden").mkdir()
    np.savez(folder / "hidden" / "mnist.npz", x_train=images["train"], y_train=mnist.train.y[:TRAINED],
             x_test=images["test"], y_test=mnist.test.y[:TESTED])
    np.savez(folder / "digits.npz", x=images["train"][:120], y=mnist.train.y[:120])
    np.save(folder / "large.npy", images["train"][:120])
    for number, image in enumerate(images["test"][:12]):
        save(folder / "new" / f"{number}.png", image)
    for number, image in enumerate(blobs(24, (16, 16, 3))):
        save(folder / "photos" / ("cat", "dog")[number % 2] / f"{number}.jpg", (255 * image).astype("uint8"))
    iris = load_iris(as_frame=True)
    table = iris.data.assign(species=iris.target_names[iris.target])
    table.to_csv(folder / "flowers.csv", index=False)
    cars(60).to_csv(folder / "cars.csv", index=False)
    cars(10).to_csv(folder / "odd.csv", index=False)
    cars(4)[["Origin", "Weight_in_lbs"]].to_csv(folder / "some.csv", index=False)
    cars(60).to_csv(folder / "people.csv", index=False)
    (folder / "parts.py").write_text(FILE.replace("{name}", "wide"))
    return folder


def cars(n):
    """Return a table with the kinds of columns of the cars of vega_datasets, and gaps."""
    rng = np.random.default_rng(0)
    weight = rng.integers(1600, 5000, n)
    table = pandas.DataFrame({"Miles_per_Gallon": np.round(60 - weight / 100 + rng.normal(size=n), 1), "Weight_in_lbs": weight,
                              "Year": pandas.Timestamp("1970-01-01") + pandas.to_timedelta(365 * rng.integers(0, 13, n), unit="D"),
                              "Origin": rng.choice(["USA", "Japan", "Europe"], n)})
    table.loc[::9, "Miles_per_Gallon"] = np.nan
    return table


def save(path, pixels):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path)


@pytest.fixture(scope="module")
def _small_mnist(files):
    """Let ``mnist`` be its first items, for commands and for Python."""
    original = importlib.resources.files

    def smaller(anchor=None):
        folder = original(anchor)
        return Packaged(folder, files / "hidden" / "mnist.npz") if str(anchor).startswith("zukan.data") else folder

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(importlib.resources, "files", smaller)
        assert len(zukan.data.load("mnist").train) == TRAINED
        yield


@pytest.fixture(scope="module")
def trained_run(files, _small_mnist, tmp_path_factory):
    """Train once on the small MNIST, as ``zukan train`` does."""
    path = tmp_path_factory.mktemp("run") / "mnist"
    assert page_commands.run(f"zukan train --out {path}") is None
    return path


@pytest.fixture
def page_folder(files, trained_run, tmp_path, monkeypatch):
    """Return a folder with the files and with ``runs/mnist``, and make it the current one."""
    shutil.copytree(files, tmp_path, dirs_exist_ok=True, ignore=shutil.ignore_patterns("hidden"))
    shutil.copytree(trained_run, tmp_path / "runs" / "mnist")
    monkeypatch.chdir(tmp_path)
    return Path(tmp_path)
