"""The figures of a table, with their titles and captions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from zukan import plots
from zukan.data import Dataset
from zukan.data.tables.schema import Schema
from zukan.evaluation.condition import condition_of, most_frequent, repeated
from zukan.evaluation.tables.association_matrix import association_matrix
from zukan.evaluation.tables.effects import effects
from zukan.evaluation.tables.values import Raw, is_number, sample, spread, written
from zukan.model import VAE
from zukan.report import formatting
from zukan.runs.tables import sampler

ROWS = 20_000  # of each kind that are compared
MAX_COLUMNS = 40  # of the matrices
BARS = {"grid", "reconstructions", "morph", "samples", "styles", "traversals"}  # figures in which a row is some bars


def table_figures(schema: Schema, train: Raw, test: Raw, synthetic: Raw, effects: Raw | None = None,
                  errors: Mapping[str, Any] | None = None, *, seed: int = 0) -> dict[str, plots.Display]:
    """Draw the figures of a table and return them by name.

    Parameters
    ----------
    schema : Schema
    train, test, synthetic : array, shapes (n, d), (m, d) and (k, d)
        Raw rows: of the training, held out, and drawn from the model. At most 20,000 of each are used.
    effects : array, shape (latent_dim, d), optional
        As `zukan.evaluation.tables.effects` returns it.
    errors : mapping, optional
        As `zukan.evaluation.tables.imputation` returns it.
    seed : int
        Chooses the rows.

    Returns
    -------
    dict
        ``columns``; ``associations``, if there are several columns; ``effects`` and ``imputation``, if they are given.
    """
    train, test, synthetic = (sample(written(schema, raw), ROWS, seed) for raw in (train, test, synthetic))
    figures = {"columns": plots.columns(schema, train, synthetic)}
    if len(schema) > 1:
        some = np.unique(np.linspace(0, len(schema) - 1, min(MAX_COLUMNS, len(schema))).astype(int))
        part = replace(schema, columns=tuple(schema.columns[place] for place in some))
        real, other, drawn = (association_matrix(part, raw[:, some]) for raw in (train, test, synthetic))
        figure = plots.associations(real, drawn, part.names)
        apart = np.abs(other - real)[~np.eye(len(part), dtype=bool)]
        figures["associations"] = replace(figure, numbers={**figure.numbers, "held_out_difference": float(apart.mean()),
                                                           "of": len(schema)})
    if effects is not None:
        figure = plots.effects(effects, schema.names, is_number(schema))
        figures["effects"] = replace(figure, numbers={**figure.numbers, "of": tuple(effects.shape)})
    if errors is not None:
        figures["imputation"] = plots.imputation(errors["shares"], errors["methods"])
    return figures


def draw(vae: VAE, dataset: Dataset, means: np.ndarray, seed: int) -> dict[str, plots.Display]:
    """Draw the figures of a table for its trained model.

    Parameters
    ----------
    vae : VAE
        With the likelihood "mixed".
    dataset : Dataset
    means : array, shape (m, latent_dim)
        Codes of the test rows.
    seed : int
        Of the rows that are drawn.
    """
    schema, condition = dataset.schema, most_frequent(vae, dataset)
    if schema is None:
        return {}

    def raw(x: Any) -> Raw:
        return schema.tidy(schema.unscale(x))

    def decode(z: Any) -> Raw:
        return raw(vae.decode(z, condition=None if condition is None else repeated(condition[1], len(z))))

    train, test = (schema.rounded(schema.unscale(np.asarray(part.x[:ROWS], np.float64)))
                   for part in (dataset.train, dataset.test))
    known = condition_of(vae, dataset.train)
    model = sampler(vae, dataset.train.x, known)
    rows = None if known is None else known[: len(train)]
    drawn = raw(model.sample(len(train), condition=rows, draw=True, seed=seed, as_frame=False))
    moved = None
    if not any(piece.choices for piece in vae.shapes.layout):
        moved = effects(decode, means, schema, spread(train))
    return table_figures(schema, train, test, drawn, moved, seed=seed)


def without_levels(figures: Mapping[str, plots.Display], schema: Schema) -> dict[str, plots.Display]:
    """Return the figures without those that draw a row as bars, if it has levels: their numbers have no size."""
    has_levels = "category" in schema.kinds
    return {name: figure for name, figure in figures.items() if not (has_levels and name in BARS)}


def _columns(figure: plots.Display, run: Any) -> str:  # noqa: ARG001 all captions have the same signature
    scores = figure.numbers["scores"]
    return ("Each column among the training rows (gray) and among rows drawn from the model (blue), in its own "
            "units; gaps have bars of their own. The outermost bars hold all values beyond them. The number is 1 minus "
            "the distance of the two distributions: the Kolmogorov-Smirnov statistic of numbers and dates, the total "
            f"variation distance of levels. The mean is {scores.mean():.2f}, the lowest {scores.min():.2f}.")


def _associations(figure: plots.Display, run: Any) -> str:  # noqa: ARG001
    shown, of = len(figure.numbers["columns"]), figure.numbers["of"]
    few = f" {shown} of {formatting.count(of)} columns are shown, evenly spaced." if shown < of else ""
    return ("How strongly every two columns go together: the correlation of numbers, the correlation ratio of numbers "
            "and levels, Cramér's V of levels. Only a correlation can be negative. On average, those of the rows drawn "
            f"from the model differ by {figure.numbers['mean_difference']:.3f} from those of the training rows; those "
            f"of the test rows differ by {figure.numbers['held_out_difference']:.3f}.{few}")


def _effects(figure: plots.Display, run: Any) -> str:  # noqa: ARG001
    shown = len(figure.numbers["dims"]), len(figure.numbers["columns"])
    dims, columns = (formatting.plural(*pair) for pair in
                     zip(figure.numbers["of"], ("dimension", "column"), strict=True))
    few = f" Of {dims} and {columns}, those with the largest changes are shown."
    return ("What happens to each column as one dimension of the code goes from its 10% quantile to its 90% quantile, "
            "with the others at their median: blue numbers rise and red ones fall, in standard deviations of the "
            f"column; a gray cell means that the level changes.{few if shown != figure.numbers['of'] else ''}")


def _imputation(figure: plots.Display, run: Any) -> str:  # noqa: ARG001
    shares = formatting.listing([formatting.percent(share) for share in figure.numbers["shares"]])
    return (f"{shares} of the known cells of the test rows are hidden at random and filled again, by this model and by "
            "imputers of scikit-learn that know the same training rows. Lower is better. An error of 1 is that of "
            "filling every number with the mean of its column.")


CAPTIONS = {"columns": ("Columns", _columns), "associations": ("Associations of columns", _associations),
            "effects": ("What each dimension does", _effects), "imputation": ("Filled gaps", _imputation)}
