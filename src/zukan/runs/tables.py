"""Runs of tables: their rows in the units of the table, new rows, and filled gaps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from zukan import checks
from zukan.data import Dataset, items
from zukan.data.loading import AllItems
from zukan.data.tables.schema import Schema
from zukan.evaluation.condition import condition_of
from zukan.model import VAE
from zukan.model.batching import another_seed
from zukan.priors import Normal, priors
from zukan.runs.data import condition, features, reload
from zukan.runs.run import Run

Matrix = npt.NDArray[np.float64]
ROWS = 1 << 16  # drawn together
COMPONENTS = 10  # of the mixture that is fitted


def schema_of(run: Run) -> Schema:
    """Return what the columns of the run's table are.

    Raises
    ------
    zukan.InputError
        If the run was not trained on a table.
    """
    schema = features(run)[1]
    if schema is None:
        raise checks.InputError(f"run {str(run.path)!r} must be of a table, but it was trained on arrays or images; "
                                "give a run of a table")
    return schema


def raw_splits(run: Run, dataset: Dataset | None = None) -> tuple[Schema, Matrix, Matrix]:
    """Return the schema, and the training and the test rows in the units of the table; NaN for gaps."""
    dataset = dataset or reload(run)
    cells = rows(run, dataset)
    return schema_of(run), cells[: len(dataset.train)], cells[len(dataset.train) :]


def rows(run: Run, dataset: Dataset) -> Matrix:
    """Return the cells of all rows in the units of the table, training rows first; NaN is a missing cell.

    They are read once more, since the model's float32 values do not hold every cell.
    """
    scaling, schema = features(run)
    read = items(run.source, **{**run.recipe.options, "scaling": scaling, "schema": schema, "fitted": condition(run)})
    numbers = np.concatenate([dataset.train.numbers, dataset.test.numbers])
    order = np.argsort(read.split.numbers, kind="stable")
    places = order[np.searchsorted(read.split.numbers, numbers, sorter=order)]
    return np.asarray(read.raw[:], np.float64)[places]


def synthetic(run: Run, count: int, seed: int = 0, prior: Any = None, dataset: Dataset | None = None) -> Matrix:
    """Return new rows in the units of the table, drawn from p(x|z) with z from the best prior; see `refitted`.

    If the model has a condition, the rows have those of training rows that are drawn at random.
    """
    schema, train = schema_of(run), (dataset or reload(run)).train
    known = condition_of(run.model, train)
    model = sampler(run.model, train.x, known, prior)
    rows = None if known is None else known[np.random.default_rng(seed).integers(len(known), size=count)]
    return np.concatenate([schema.tidy(schema.unscale(x)) for x in draw(model, count, seed, rows)])


def refitted(run: Run, prior: Any = None, log: Callable[[str], None] = lambda _: None) -> VAE:
    """Return the run's model with a prior that is fitted to the codes of the run's training items.

    By default, a mixture takes the place of the prior "normal", which fits codes badly (arXiv:1903.12436). A prior that
    was learned in the training stays.
    """
    train = reload(run).drawn_once.train
    if prior is not None or is_unfitted(run.model):
        log(f"Fitting the prior to the codes of {len(train.x):,} training items")
    return sampler(run.model, train.x, condition_of(run.model, train), prior)


def sampler(model: VAE, x: Any, condition: Any = None, prior: Any = None) -> VAE:
    """Return the model with the best prior at hand, which is fitted to the codes of ``x`` if it is not learned."""
    if prior is None and not is_unfitted(model):
        return model
    if prior is None:
        prior = {"name": "mixture", "components": min(COMPONENTS, len(x))}
    return model.fit_prior(x, priors.make(prior), condition=condition)


def is_unfitted(model: VAE) -> bool:
    """Return whether the prior is the standard normal one, and another one can take its place."""
    is_real = all(piece.kind == "real" for piece in model.shapes.layout)
    return is_real and isinstance(model.prior, Normal) and not model.posterior.priors


def draw(model: VAE, count: int, seed: int = 0, known: Any = None) -> Iterator[npt.NDArray[np.float32]]:
    """Yield ``count`` rows as the model sees them, drawn from p(x|z), in pieces."""
    for i, start in enumerate(range(0, count, ROWS)):
        piece = slice(start, min(start + ROWS, count))
        own = None if known is None else known[piece]
        yield model.sample(piece.stop - start, condition=own, draw=True, seed=another_seed(seed, i), as_frame=False)


def filler(run: Run, samples: int = 1000, seed: int = 0) -> Callable[[Matrix], Matrix]:
    """Return a function that fills the gaps of rows in the units of the table with the run's model."""
    schema, (scaling, _) = schema_of(run), features(run)

    def fill(raw: Matrix) -> Matrix:
        filled = run.model.impute(scaling.apply(raw), samples=samples, seed=seed)
        return np.where(np.isnan(raw), schema.tidy(schema.unscale(filled)), raw)

    return fill


def partial_rows(run: Run, source: Any) -> AllItems:
    """Read rows of which columns or cells of the run's table may lack.

    Returns
    -------
    zukan.data.loading.AllItems
        NaN stands for what is not given.
    """
    scaling, schema = features(run)[0], schema_of(run)
    options = {**run.recipe.options, "label": None, "condition": None, "missing": True}
    return items(source, **{**options, "scaling": scaling, "schema": schema, "partial": True})
