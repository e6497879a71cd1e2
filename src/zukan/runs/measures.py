"""The measures of a run: each function calls one in `zukan.evaluation` with the model and the items.

Each returns numbers that JSON can hold, or one sentence that says why there are none.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from zukan import likelihoods
from zukan.evaluation import annealing, averages, codes
from zukan.evaluation import bound as bounds
from zukan.evaluation import classes as of_classes
from zukan.evaluation import elbo as elbos
from zukan.evaluation import information as of_codes
from zukan.evaluation import latent as variables
from zukan.evaluation import neighborhoods as near
from zukan.evaluation import rate_distortion as trade
from zukan.evaluation.principal_components import principal_components
from zukan.evaluation.separation import separation
from zukan.evaluation.tables import imputation as gaps
from zukan.evaluation.tables import quality as synthetic_rows
from zukan.runs import tables
from zukan.runs.subject import Subject

Result = dict[str, Any] | str

NO_DENSITY = "It needs densities of q(z|x) and p(z), and this model does not have both."
MODEL = "this model"  # its name among the imputers
MAPPED = 2000  # items whose distances are compared
DENSITIES = (likelihoods.Normal, likelihoods.Laplace, likelihoods.StudentT, likelihoods.HyperbolicSecant,
             likelihoods.ContinuousBernoulli)


def elbo(subject: Subject) -> Result:
    """Measure -ELBO, reconstruction and KL."""
    if subject.vae.density:
        return elbos.averages(*subject.elbo) | subject.used("seed")
    errors = elbos.reconstruction_by_item(subject.vae, subject.test.x, subject.seed, condition=subject.test.condition)
    return averages.average("reconstruction", errors) | subject.used("seed")


def bound(subject: Subject) -> Result:
    """Measure the importance-weighted bound."""
    if not subject.vae.density:
        return NO_DENSITY
    return bounds.bound(subject.bound, subject.elbo[0]) | subject.used("draws", "seed")


def ais(subject: Subject) -> Result:
    """Check the bound by annealed importance sampling."""
    if reason := _no_chains(subject):
        return reason
    vae, few = subject.vae, subject.few
    runs = {start: subject.annealed(start) for start in annealing.STARTS if start != "q" or vae.posterior.evaluable}
    values = vae.log_likelihood(few.x, condition=few.condition, samples=subject.draws, seed=subject.seed,
                                same_draws=False)
    return annealing.compared(runs, values) | {"items": len(few.x), "draws": subject.draws, "seed": subject.seed}


def rate_distortion(subject: Subject) -> Result:
    """Measure the rate and the distortion of the model and, with chains from the prior, the best for its decoder."""
    if not subject.vae.density:
        return NO_DENSITY
    elbo, kl = (values.astype(np.float64) for values in subject.elbo)
    result = {**averages.average("rate", kl), **averages.average("distortion", -elbo - kl), **subject.used("seed")}
    if _no_chains(subject):
        return result
    few = averages.evenly(len(kl), subject.ais)
    own = {"model_rate": float(kl[few].mean()), "model_distortion": float((-elbo - kl)[few].mean())}
    return {**result, "curve": {**trade.curve(subject.annealed("prior")), **own, "items": len(few)}}


def bits(subject: Subject) -> Result:
    """Measure bits per dimension, if the likelihood is a probability or a density with a known unit."""
    vae, dimensions = subject.vae, math.prod(subject.vae.event_shape)
    if not vae.density:
        return NO_DENSITY
    if vae.missing:
        return "Items with missing values have different numbers of dimensions."
    volume, unit = 0.0, "levels"
    if vae.likelihood.unit == 1:
        unit = "counts"
    elif isinstance(vae.likelihood, DENSITIES):
        if subject.scaling.quantiles:
            return "Columns that are scaled to normal scores have no fixed unit."
        volume, unit = bounds.log_volume(subject.scaling.factor, dimensions), "units of the data"
    elif isinstance(vae.likelihood, likelihoods.Bernoulli):
        unit = "zeros and ones"
        if subject.least_cost:
            return "Values between 0 and 1 have no density under a Bernoulli likelihood: it is a loss for them."
    elif not vae.likelihood.levels:
        return f"The likelihood {type(vae.likelihood).__name__} has no single unit for all of its elements."
    value = bounds.bits_per_dimension(float(subject.bound.mean(dtype="float64")), dimensions, volume)
    return {"bits_per_dimension": value, "unit": unit, **subject.used("draws", "seed")}


def latent(subject: Subject) -> Result:
    """Measure active units and the KL of each latent variable."""
    return variables.latent(subject.vae, subject.test.x, subject.means, subject.seed,
                            condition=subject.test.condition) | subject.used("seed")


def information(subject: Subject) -> Result:
    """Measure the mutual information of x and z, and the marginal KL."""
    vae = subject.vae
    if not vae.density:
        return NO_DENSITY
    if not vae.posterior.evaluable or not all(piece.kind in {"real", "sphere", "ball"} for piece in vae.shapes.layout):
        return "It needs a continuous z, and a density of q(z|x) that is known at any z."
    x, condition = subject.test.x, subject.test.condition
    first = vae.inputs_of(x[:1], None if condition is None else condition[:1])
    if vae.prior.distribution(vae.context(first)).batch_shape:
        return "The prior depends on the condition, so that there is not one p(z) for all items."
    return of_codes.information(vae, x, subject.seed, condition=condition) | subject.used("seed")


def classes(subject: Subject) -> Result:
    """Measure how well the codes separate the classes."""
    if subject.test.labels is None or subject.train.labels is None:
        return "The items have no labels."
    both = np.concatenate([subject.train.labels.astype(str), subject.test.labels.astype(str)])
    names, numbers = np.unique(both, return_inverse=True)
    train_y, test_y = numbers[: len(subject.train.labels)], numbers[len(subject.train.labels) :]
    if not np.isin(test_y, train_y).any():
        return "No label of the items is a label of the run's training items."
    codes_and_labels = subject.train_means, train_y, subject.means, test_y
    measured = of_classes.classes(*codes_and_labels, tuple(names.tolist()), subject.vae.shapes.layout)
    kept = {name: measured[name] for name in ("neighbors", "voters", "knn_accuracy", "names", "recall", "confusion")}
    overlaps = [{name: pair[name] for name in ("a", "b", "share")} for pair in measured["overlaps"]]
    return {**kept, "overlaps": overlaps, **separation(*codes_and_labels), **subject.used()}


def neighborhoods(subject: Subject) -> Result:
    """Measure the trustworthiness and the continuity of the map."""
    if codes.discrete(subject.vae.shapes.layout):
        return "A map needs a z of numbers, and the codes of this model are discrete."
    if subject.vae.missing:
        return "Distances between items need all of their values."
    chosen = averages.evenly(len(subject.test.x), MAPPED)
    if len(chosen) < 4:
        return "It needs at least 4 items."
    points, space = subject.means, "z"
    if points.shape[1] > 2:
        points, space = principal_components(points).points, "principal components"
    return {**near.neighborhoods(np.asarray(subject.test.x[chosen]), points[chosen]), "space": space,
            "compared": len(chosen)}


def quality(subject: Subject) -> Result:
    """Compare synthetic rows with the rows of a table."""
    if reason := _no_table(subject):
        return reason
    schema, train, test = tables.raw_splits(subject.run, subject.dataset)
    synthetic = tables.synthetic(subject.run, subject.count or len(train), subject.seed, dataset=subject.dataset)
    return synthetic_rows.quality(schema, train, test, synthetic, target=subject.target, seed=subject.seed)


def imputation(subject: Subject) -> Result:
    """Measure the errors of filled gaps."""
    if reason := _no_table(subject):
        return reason
    if not subject.vae.missing or not subject.vae.density or subject.vae.shapes.condition_dim:
        return "The model fills no gaps: that needs missing values in training, densities, and no condition."
    schema, train, test = tables.raw_splits(subject.run, subject.dataset)
    return gaps.imputation(schema, train, test, {MODEL: tables.filler(subject.run)}, seed=subject.seed)


def _no_chains(subject: Subject) -> str:
    """Return why there is no annealed importance sampling, or ""."""
    if not subject.ais:
        return "It was not asked for; give a number of items, such as --ais 200."
    if not subject.vae.density:
        return NO_DENSITY
    if not all(piece.kind == "real" for piece in subject.vae.shapes.layout):
        return "It needs a z of real numbers."
    return ""


def _no_table(subject: Subject) -> str:
    """Return why the rows of a table are not compared, or ""."""
    if subject.schema is None:
        return "The run was not trained on a table."
    return "" if subject.data is None else "It compares with the run's own rows; leave DATA out."
