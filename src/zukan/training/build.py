"""From a recipe to a compiled model."""

from __future__ import annotations

from typing import Any

import keras

from zukan import checks, precision
from zukan.augmentations import Binarize, make_all
from zukan.backend import keras_defaults
from zukan.data import Dataset
from zukan.data.conditions import Condition
from zukan.data.tables.schema import Schema
from zukan.model import VAE
from zukan.objectives import LearnedObjective
from zukan.optimizers import Adversarial
from zukan.rates import CosineDecay
from zukan.training.recipe import Recipe


@keras_defaults()
def build(recipe: Recipe, event_shape: tuple[int, ...], examples: int, condition: Condition | None = None,
          schema: Schema | None = None) -> VAE:
    """Return the compiled model of ``recipe`` for ``examples`` training items of shape ``event_shape``.

    ``condition`` is the one of the data, if the recipe has one, and ``schema`` what its columns are, if it is a table.

    The likelihood "auto" becomes "bernoulli", the default of `VAE`. If there is data to look at, replace "auto" first
    with `zukan.training.evidence.choose_likelihood`.
    """
    steps_per_epoch = -(-examples // recipe.batch_size)
    vae = VAE(event_shape=event_shape, latent_dim=recipe.latent_dim, encoder=recipe.encoder, decoder=recipe.decoder,
              posterior=recipe.posterior, prior=recipe.prior,
              likelihood=_likelihood(recipe, schema),
              objective=_objective(recipe, steps_per_epoch), seed=recipe.seed,
              condition=condition.width if condition else None, missing=bool(recipe.missing),
              augment=_augment(recipe), corrupt=recipe.corrupt,
              dtype=precision.dtype(recipe.precision))
    steps = steps_per_epoch * recipe.epochs
    optimizer = _optimizer(recipe, steps)
    if isinstance(vae.objective, LearnedObjective):  # its adversary gets an optimizer of its own
        optimizer = Adversarial(optimizer, _optimizer(recipe, steps))
    vae.compile(optimizer=optimizer)
    return vae


def _augment(recipe: Recipe) -> Any:
    """Return the augmentations; binarization comes last, since the others move gray levels."""
    parts = make_all(recipe.augment)
    return [*parts, Binarize()] if recipe.binarize == "dynamic" else list(parts)


def inputs(dataset: Dataset) -> tuple[Any, Any]:
    """Return the training and the test items as a model takes them, with their conditions if it has any."""
    train, test = (split.x if dataset.condition is None or split.condition is None else
                   {"x": split.x, "condition": dataset.condition.rows(split.condition)}
                   for split in (dataset.train, dataset.test))
    return train, test


def _likelihood(recipe: Recipe, schema: Schema | None) -> Any:
    """Return the likelihood; "mixed" with the columns of the table."""
    if recipe.likelihood == "auto":
        return "bernoulli"
    mapping = {"name": recipe.likelihood} if isinstance(recipe.likelihood, str) else recipe.likelihood
    if mapping.get("name") != "mixed" or schema is None:
        return recipe.likelihood
    return {"columns": schema.to_json(), "library": schema.library or None, **mapping}


def _objective(recipe: Recipe, steps_per_epoch: int) -> Any:
    if recipe.objective not in ("elbo", {"name": "elbo"}):
        return recipe.objective
    beta: Any = recipe.beta
    if recipe.warmup_epochs:
        beta = {"name": "warmup", "steps": recipe.warmup_epochs * steps_per_epoch, "value": recipe.beta}
    return {"name": "elbo", "beta": beta, "free_bits": recipe.free_bits}


def _optimizer(recipe: Recipe, steps: int) -> keras.optimizers.Optimizer:
    rate: Any = float(recipe.learning_rate)  # Keras rejects an int
    if recipe.decay == "cosine":
        rate = CosineDecay(rate, steps)
    known = {name.lower() for name in dir(keras.optimizers) if isinstance(getattr(keras.optimizers, name), type)}
    name = checks.choice("optimizer", recipe.optimizer.lower(), known - {"optimizer", "lossscaleoptimizer"})
    return keras.optimizers.get({"class_name": name, "config": {"learning_rate": rate}})
