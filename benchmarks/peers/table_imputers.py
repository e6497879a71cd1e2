"""scikit-learn's imputers on a table with gaps, numbers standardized."""

from __future__ import annotations

import time
import warnings

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.ensemble import ExtraTreesClassifier, ExtraTreesRegressor
from sklearn.exceptions import ConvergenceWarning
from sklearn.experimental import enable_iterative_imputer  # noqa: F401 it makes IterativeImputer importable
from sklearn.impute import IterativeImputer, KNNImputer, SimpleImputer
from sklearn.preprocessing import StandardScaler

from benchmarks import table_files

MARK = 10_000  # added to the places of levels, by which a forest knows them; the order of values is all that trees see


class Forest(BaseEstimator):
    """Trees as in missForest (10.1093/bioinformatics/btr597): a regression for numbers, a classifier for levels.

    With extremely randomized trees, as MIWAE's authors run it (github.com/pamattei/miwae, MIWAE_demo_UCI).
    """

    def __init__(self, seed: int = 0) -> None:
        self.seed = seed

    def fit(self, x, y):
        kind = ExtraTreesClassifier if y.min() >= MARK else ExtraTreesRegressor
        self.trees = kind(n_estimators=100, n_jobs=-1, random_state=self.seed).fit(x, y)
        return self

    def predict(self, x):
        return self.trees.predict(x)


# The imputer, and how it sees a category: with a column of zeros and ones per level, or per level except the first, or
# as the place of the level. IterativeImputer leaves the gaps of all levels at their mean, since they sum to one.
METHODS = {
    "mean": (lambda _: SimpleImputer(), "levels"),
    "knn": (lambda _: KNNImputer(), "levels"),
    "iterative": (lambda seed: IterativeImputer(random_state=seed), "places"),
    "iterative-levels": (lambda seed: IterativeImputer(random_state=seed), "levels except the first"),
    "forest": (lambda seed: IterativeImputer(Forest(seed), random_state=seed), "marked places"),
}


def imputer(path: str, name: str, method: str):
    """Return a turn that fills the gaps of the file, of set ``name``, and writes it to ``out``: the seconds."""
    schema = table_files.schema(name, target=False)
    counts = [len(column.levels) or 2 * (column.kind == "boolean") for column in schema.columns]  # levels; 0 of numbers
    build, form = METHODS[method]

    def turn(out: str, seed: int):
        start = time.perf_counter()
        raw = table_files.read(path, schema)
        parts = [_inputs(values, count, form) for values, count in zip(raw.T, counts, strict=True)]
        ends = np.cumsum([part.shape[1] for part in parts])
        inputs = np.concatenate(parts, axis=1)
        scaler = StandardScaler(with_mean=form != "marked places", with_std=form != "marked places").fit(inputs)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # the default is ten rounds, converged or not
            filled = scaler.inverse_transform(build(seed).fit_transform(scaler.transform(inputs)))
        result = [_column(part, count, form)
                  for part, count in zip(np.split(filled, ends[:-1], axis=1), counts, strict=True)]
        table_files.write(np.stack(result, axis=1), table_files.exact(schema), out)
        return [time.perf_counter() - start], float(len(result))

    return turn


def _inputs(values: np.ndarray, count: int, form: str) -> np.ndarray:
    """Return what the imputer sees of a column, shape (n, inputs)."""
    if not count or "places" in form:
        return values[:, None] + (MARK if count and form == "marked places" else 0)
    levels = (values[:, None] == np.arange(count)).astype(float)
    levels[np.isnan(values)] = np.nan
    return levels[:, 1:] if form == "levels except the first" else levels


def _column(inputs: np.ndarray, count: int, form: str) -> np.ndarray:
    """Return a column from what the imputer filled; of levels, the nearest place or the largest level."""
    if not count:
        return inputs[:, 0]
    if "places" in form:
        return np.clip(np.rint(inputs[:, 0] - MARK * (form == "marked places")), 0, count - 1)
    first = 1 - inputs.sum(axis=1, keepdims=True)
    return np.argmax(np.hstack([first, inputs]) if form == "levels except the first" else inputs, axis=1)
