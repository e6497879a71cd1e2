"""The search space for each kind of data."""

from __future__ import annotations

from collections.abc import Collection

from zukan.training.evidence import MIN_SIDE
from zukan.training.recipe import Recipe

COMMON = {"learning_rate": "3e-4..3e-3:log"}
IMAGES = {"encoder": '{name="mlp", units=[256]},{name="mlp", units=[512]},{name="mlp", units=[512, 256]}',
          "latent_dim": "2..64:log", **COMMON}
CONVOLUTIONS = ',{name="conv", filters=[16, 32]},{name="conv", filters=[32, 64]}'
SIGNALS = {"encoder": '{name="mlp", units=[256]},{name="conv1d", filters=[16, 32]},{name="conv1d", filters=[32, 64]}',
           "latent_dim": "2..32:log", **COMMON}
ROWS = {"encoder": '{name="mlp", units=[64]},{name="mlp", units=[128]},{name="mlp", units=[256]},'
        '{name="mlp", units=[256, 128]}', "latent_dim": "2..32:log", "learning_rate": "3e-4..1e-2:log"}
# They belong to a model with the posterior "normal" and the objective "elbo".
BETA, OBJECTIVES = "0.5..2:log", 'elbo,{name="iwae", k=5}'
PRIORS = 'normal,{name="mixture", components=10}'
PSEUDO_INPUTS = ',{name="vamp", components=100}'  # for images and signals only: see `zukan.priors.Vamp`


def default_search(recipe: Recipe, event_shape: tuple[int, ...], fixed: Collection[str] = ()) -> dict[str, str]:
    """Return the search for items of this shape, as text by field, without the fields that are ``fixed``."""
    if len(event_shape) == 3:
        search = dict(IMAGES)
        search["encoder"] += CONVOLUTIONS if min(event_shape[:2]) >= MIN_SIDE else ""
    else:
        search = dict(SIGNALS if len(event_shape) == 2 else ROWS)
    if recipe.posterior == "normal":
        search["prior"] = PRIORS + (PSEUDO_INPUTS if len(event_shape) > 1 and not recipe.condition else "")
    if recipe.posterior == "normal" and recipe.objective == "elbo":
        search["beta"] = BETA
        if (recipe.beta, recipe.warmup_epochs, recipe.free_bits) == (1, 0, 0):
            search["objective"] = OBJECTIVES
    return {field: values for field, values in search.items() if field not in fixed}
