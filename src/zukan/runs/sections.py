"""The sections of ``evaluation.json``: what each one measures, and how it reads.

A new measure is a function in `zukan.evaluation`, a short function here that calls it with the data of the run, and a
line in `SECTIONS`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from zukan import likelihoods
from zukan.evaluation import averages, bound, disentanglement, elbo, latent, readable
from zukan.evaluation.disentanglement import readable as factor_rows
from zukan.evaluation.generation import readable as image_rows
from zukan.evaluation.tables import readable as table_rows
from zukan.evaluation.tables.imputation import imputation
from zukan.evaluation.tables.quality import quality
from zukan.runs import tables
from zukan.runs.generation import generation
from zukan.runs.subject import Subject

NO_DENSITY = "It needs densities of q(z|x) and p(z), and this model has not both."

Result = dict[str, Any] | str
"""Numbers that JSON can hold, or a sentence that says why there are none."""


class Section(NamedTuple):
    """A section of the evaluation.

    Attributes
    ----------
    title : str
        Its name for readers.
    measure : callable
        Subject -> numbers by name, or one sentence that says why they are absent.
    read : callable
        These numbers -> rows of a table: what it is, the value, and a remark or "".
    """

    title: str
    measure: Callable[[Subject], Result]
    read: Callable[[Mapping[str, Any]], list[readable.Row]]


def _elbo(subject: Subject) -> Result:
    if not subject.vae.density:
        errors = elbo.reconstruction_by_item(subject.vae, subject.test.x, subject.seed,
                                             condition=subject.test.condition)
        return averages.average("reconstruction", errors) | subject.used("seed")
    return elbo.averages(*subject.elbo) | subject.used("seed")


def _bound(subject: Subject) -> Result:
    if not subject.vae.density:
        return NO_DENSITY
    return bound.bound(subject.bound, subject.elbo[0]) | subject.used("draws", "seed")


def _bits(subject: Subject) -> Result:
    vae, dimensions = subject.vae, math.prod(subject.vae.event_shape)
    if not vae.density:
        return NO_DENSITY
    if vae.missing:
        return "Items with missing values have different numbers of dimensions."
    volume, unit = 0.0, "levels"
    if not vae.likelihood.levels:
        if not isinstance(vae.likelihood, DENSITIES):
            return "The likelihood is not a density of numbers, and not a probability of levels."
        if subject.scaling.quantiles:
            return "Columns that are scaled to normal scores have no fixed unit."
        volume, unit = bound.log_volume(subject.scaling.factor, dimensions), "units of the data"
    value = float(subject.bound.mean(dtype="float64"))
    return {"bits_per_dimension": bound.bits_per_dimension(value, dimensions, volume), "unit": unit,
            **subject.used("draws", "seed")}


DENSITIES = (likelihoods.Normal, likelihoods.Laplace, likelihoods.StudentT, likelihoods.HyperbolicSecant,
             likelihoods.ContinuousBernoulli)


def _latent(subject: Subject) -> Result:
    return latent.latent(subject.vae, subject.test.x, subject.means, subject.seed, condition=subject.test.condition)


def _factors(subject: Subject) -> Result:
    known = subject.test.factors
    if not known:
        return "The factors of the items are not known."
    scores = disentanglement.factors(subject.means, known, subject.test.labels, subject.seed)
    return "No factor varies over the items." if scores is None else scores | {"seed": subject.seed}


def _quality(subject: Subject) -> Result:
    if (reason := _no_table(subject)):
        return reason
    schema, train, test = tables.raw_splits(subject.run, subject.dataset)
    synthetic = tables.synthetic(subject.run, subject.count or len(train), subject.seed, dataset=subject.dataset)
    return quality(schema, train, test, synthetic, target=subject.target, seed=subject.seed)


def _imputation(subject: Subject) -> Result:
    if (reason := _no_table(subject)):
        return reason
    if not subject.vae.missing or not subject.vae.density or subject.vae.shapes.condition_dim:
        return "The model fills no gaps: it needs --missing, densities, and no condition."
    schema, train, test = tables.raw_splits(subject.run, subject.dataset)
    return imputation(schema, train, test, {MODEL: tables.filler(subject.run)}, seed=subject.seed)


def _no_table(subject: Subject) -> str:
    if subject.schema is None:
        return "The run was not trained on a table."
    return "" if subject.data is None else "It compares with the run's own rows; leave DATA out."


MODEL = "this model"  # its name among the imputers

SECTIONS: dict[str, Section] = {
    "elbo": Section("ELBO", _elbo, readable.elbo),
    "bound": Section("Importance-weighted bound", _bound, readable.bound),
    "bits": Section("Bits per dimension", _bits, readable.bits),
    "latent": Section("Latent variables", _latent, readable.latent),
    "factors": Section("Disentanglement", _factors, factor_rows.factors),
    "generation": Section("Generated images", generation, image_rows.generation),
    "quality": Section("Synthetic rows", _quality, table_rows.quality),
    "imputation": Section("Filled gaps", _imputation, table_rows.imputation),
}
"""The sections by name, in the order in which they are measured and shown."""
