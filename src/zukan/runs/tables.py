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
from zukan.priors import Normal, priors
from zukan.runs.data import features, reload
from zukan.runs.run import Run

Matrix = npt.NDArray[np.float64]
ROWS = 1 << 16  # drawn together


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
    schema, dataset = schema_of(run), dataset or reload(run)
    train, test = (schema.rounded(schema.unscale(np.asarray(part.x[:], np.float64)))
                   for part in (dataset.train, dataset.test))
    return schema, train, test


def synthetic(run: Run, count: int, seed: int = 0, prior: Any = None) -> Matrix:
    """Return new rows in the units of the table, drawn from p(x|z) with z from the best prior; see `refitted`."""
    schema, model = schema_of(run), refitted(run, prior)
    return np.concatenate([schema.tidy(schema.unscale(x)) for x in draw(model, count, seed)])


def refitted(run: Run, prior: Any = None, log: Callable[[str], None] = lambda _: None) -> VAE:
    """Return the run's model with a prior that is fitted to the codes of the run's training items.

    By default, a mixture takes the place of the prior "normal", which fits codes badly (arXiv:1903.12436). A prior that
    was learned in the training stays.
    """
    train = reload(run).train
    if prior is not None or is_unfitted(run.model):
        log(f"Fitting the prior to the codes of {len(train.x):,} training items")
    return sampler(run.model, train.x, condition_of(run.model, train), prior)


def sampler(model: VAE, x: Any, condition: Any = None, prior: Any = None) -> VAE:
    """Return the model with the best prior at hand, which is fitted to the codes of ``x`` if it is not learned."""
    if prior is None and not is_unfitted(model):
        return model
    return model.fit_prior(x, priors.make("mixture" if prior is None else prior), condition=condition)


def is_unfitted(model: VAE) -> bool:
    """Return whether the prior is the standard normal one, and another one can take its place."""
    is_real = all(piece.kind == "real" for piece in model.shapes.layout)
    return is_real and isinstance(model.prior, Normal) and not model.posterior.priors


def draw(model: VAE, count: int, seed: int = 0, condition: Any = None) -> Iterator[npt.NDArray[np.float32]]:
    """Yield ``count`` rows as the model sees them, drawn from p(x|z), in pieces."""
    for i, start in enumerate(range(0, count, ROWS)):
        piece = slice(start, min(start + ROWS, count))
        rows = None if condition is None else condition[piece]
        yield model.sample(piece.stop - start, condition=rows, draw=True, seed=seed + i, as_frame=False)


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
