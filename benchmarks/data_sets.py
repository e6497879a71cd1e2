"""Tables that come in wheels, each split into a CSV to train on and one to test on.

    python -m benchmarks.data_sets FOLDER

The packages are installed with pip into an environment of their own, and nothing else is downloaded. A fifth of the
rows, chosen at random with seed 0, are the test rows. Every system is told the same kinds of columns.
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from benchmarks import environments

MNIST_ROWS = 10_000  # of the 60,000, to save time


@dataclass(frozen=True)
class TableSet:
    """A table: the column to predict, and the kinds of the columns that are not numbers."""

    target: str
    kinds: dict[str, str] = field(default_factory=dict)

    def columns(self, names: list[str]) -> dict[str, str]:
        """Return the kind of each of the columns; a pixel is a boolean."""
        return {name: self.kinds.get(name, "boolean" if name.startswith("pixel") else "number") for name in names}


def _kinds(**names: str) -> dict[str, str]:
    return {name: kind for kind, line in names.items() for name in line.split()}


# The targets are those that the packages name. vega_datasets names none for cars. That of fair is affairs, but models
# that are given all other columns explain 3 % of its variance, so that nothing could be told from it.
SETS = {
    "breast": TableSet("diagnosis", _kinds(category="diagnosis")),
    "wine": TableSet("cultivar", _kinds(category="cultivar")),
    "diabetes": TableSet("progression", _kinds(category="sex")),
    "cars": TableSet("Origin", _kinds(category="Cylinders Origin")),  # 6 gaps in Horsepower, 8 in Miles_per_Gallon
    "fair": TableSet("children", _kinds(category="rate_marriage religious occupation occupation_husb")),
    "randhie": TableSet("mdvis", _kinds(count="mdvis", boolean="idp hlthg hlthf hlthp")),
    "anes96": TableSet("PID", _kinds(category="selfLR ClinLR DoleLR PID educ", count="TVnews", boolean="vote")),
    "mnist12": TableSet("digit", _kinds(category="digit")),
    "mnist28": TableSet("digit", _kinds(category="digit")),
}


def paths(name: str) -> tuple[Path, Path]:
    """Return the CSV files of set ``name``, to train on and to test on; all sets are made if they do not exist."""
    interpreter = environments.python("tables", "cpu")
    folder = interpreter.parents[1] / "sets"
    if not (folder / "ready").exists():
        subprocess.run([interpreter, "-m", "benchmarks.data_sets", folder], check=True, cwd=environments.ROOT)
    return folder / f"{name}-train.csv", folder / f"{name}-test.csv"


def make(folder: Path) -> None:
    """Write all sets; this runs in the environment that has their packages."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, read in {**_scikit_learn(), **_others(), **_mnist()}.items():
        frame = read.convert_dtypes()  # whole numbers become integers, those with gaps too
        rows = np.random.default_rng(0).permutation(len(frame))
        test = len(frame) // 5
        frame.iloc[rows[test:]].to_csv(folder / f"{name}-train.csv", index=False)
        frame.iloc[rows[:test]].to_csv(folder / f"{name}-test.csv", index=False)
    (folder / "ready").touch()


def _scikit_learn() -> dict:
    """Return breast cancer, wine and diabetes, with names for their classes and diabetes in its own units."""
    from sklearn import datasets

    breast, wine = datasets.load_breast_cancer(as_frame=True), datasets.load_wine(as_frame=True)
    diabetes = datasets.load_diabetes(as_frame=True, scaled=False)
    named = {"breast": (breast, "diagnosis"), "wine": (wine, "cultivar")}
    frames = {name: found.data.assign(**{target: np.take(found.target_names, found.target)})
              for name, (found, target) in named.items()}
    return {**frames, "diabetes": diabetes.data.assign(progression=diabetes.target)}


def _others() -> dict:
    """Return the sets of vega_datasets and statsmodels."""
    from statsmodels.api import datasets
    from vega_datasets import data

    cars = data.cars()
    cars = cars.drop(columns="Name").assign(Year=cars["Year"].dt.year)  # a name is an identifier; dates are 1 January
    anes96 = datasets.anes96.load_pandas().data.drop(columns="logpopul")  # computed from popul by the package
    return {"cars": cars, "fair": datasets.fair.load_pandas().data, "randhie": datasets.randhie.load_pandas().data,
            "anes96": anes96}


def _mnist() -> dict:
    """Return MNIST resized, then binarized, with a boolean column per pixel, and the digit (arXiv:1907.00503)."""
    import pandas as pd
    from PIL import Image

    with np.load(environments.ROOT / "src" / "zukan" / "data" / "mnist.npz") as arrays:
        images, digits = arrays["x_train"][:MNIST_ROWS].reshape(-1, 28, 28), arrays["y_train"][:MNIST_ROWS]
    frames = {}
    for side in (12, 28):
        small = np.stack([np.asarray(Image.fromarray(image).resize((side, side))) for image in images])
        pixels = (small > 127).reshape(len(small), -1).astype(int)
        frame = pd.DataFrame(pixels, columns=[f"pixel_{row}_{column}" for row in range(side) for column in range(side)])
        frames[f"mnist{side}"] = frame.assign(digit=digits)
    return frames


if __name__ == "__main__":
    make(Path(sys.argv[1]))
