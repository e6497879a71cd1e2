"""Which likelihood and which network fit a data set, and why."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass

import numpy as np

from zukan.data import Dataset
from zukan.training.recipe import Recipe

LOOKED_AT, VALUES = 2000, 1 << 24  # training items, spread evenly, and values of them: 64 MiB
LARGE = 16  # pixels of the shorter side from which convolutions pay


@dataclass(frozen=True)
class Evidence:
    """What the data shows.

    Parameters
    ----------
    kind : {"binary", "8-bit", "[0, 1]", "standardised", "real"}
    likelihood, network : str
    why, why_network : str
        The reasons, half a sentence each.
    """

    kind: str
    likelihood: str
    why: str
    network: str
    why_network: str


def look(dataset: Dataset) -> Evidence:
    """Return what ``dataset`` shows, by its training items and the range of all."""
    low, high = dataset.value_range
    items = max(1, min(LOOKED_AT, VALUES // math.prod(dataset.event_shape)))
    x = dataset.train.x[:: -(-len(dataset.train) // items)]
    network, why_network = _network(dataset.event_shape)
    if low < 0 or high > 1:
        mean, spread = x.mean(axis=0, dtype=np.float64), x.std(axis=0, dtype=np.float64)
        if np.abs(mean).max() < 0.5 and 0.5 < np.median(spread) < 2:
            why = "the features are centred, with a spread near 1"
            return Evidence("standardised", "normal", why, network, why_network)
        why = f"the values are real numbers from {low:g} to {high:g}"
        if low >= 0 and high <= 255 and (x == np.rint(x)).all():
            why += ", all whole: levels of images are better given as uint8, or divided by 255"
        if spread.max() > 20 * max(np.median(spread), 1.0):
            why += ", of very different or large spread: --scaling standard helps for features"
        return Evidence("real", "normal", why, network, why_network)
    if np.isin(x, (0, 1)).all():
        return Evidence("binary", "bernoulli", "every value is 0 or 1", network, why_network)
    loss = "scored by cross-entropy, a loss and not a density; normal gives a density"
    if dataset.scaling.text.startswith("uint8"):
        return Evidence("8-bit", "bernoulli", f"8-bit levels brought to [0, 1] are {loss}", network, why_network)
    return Evidence("[0, 1]", "bernoulli", f"all values lie in [0, 1], {loss}", network, why_network)


def settled(recipe: Recipe, dataset: Dataset) -> tuple[Recipe, str | None]:
    """Return ``recipe`` with its likelihood chosen where it says "auto", and then a sentence about the choice."""
    if recipe.likelihood != "auto":
        return recipe, None
    found = look(dataset)
    return (dataclasses.replace(recipe, likelihood=found.likelihood),
            f"Likelihood: {found.likelihood}, since {found.why}")


def _network(event_shape: tuple[int, ...]) -> tuple[str, str]:
    if len(event_shape) < 3:
        return "mlp", "items are vectors"
    if min(event_shape[:2]) < LARGE:
        return "mlp", f"images below {LARGE} pixels a side leave convolutions little to share"
    return "conv", f"images of {event_shape[0]} × {event_shape[1]} have neighbourhoods to share"
