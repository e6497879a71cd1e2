"""Which likelihood, which network and which preset suit a data set, and why."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from zukan import checks
from zukan.data import Dataset
from zukan.data.options import KINDS
from zukan.training.recipe import Recipe

SAMPLED_ITEMS, SAMPLED_VALUES = 2000, 1 << 24  # limits of the sample to examine: 64 MiB of values
MIN_SIDE = 16  # pixels of the shorter side from which convolutions pay off
TUTORIAL = (28, 28, 1)  # shape of the tutorial's images
LEVELS = ("8-bit", "[0, 1]")  # kinds of values that are levels, not only black and white


@dataclass(frozen=True)
class Evidence:
    """What the data suggests.

    Parameters
    ----------
    kind : {"binary", "8-bit", "[0, 1]", "standardized", "counts", "real", "table"}
        Kind of the values.
    likelihood, network, preset : str
        Names of the parts and of the preset that suit the data.
    why, why_network, why_preset : str
        The reasons, as text that continues "likelihood: normal, because".
    """

    kind: str
    likelihood: str
    why: str
    network: str
    why_network: str
    preset: str
    why_preset: str


def examine(dataset: Dataset) -> Evidence:
    """Return what the data suggests, from a sample of the training items and the range of all values."""
    network, why_network = _network(dataset.event_shape)
    if dataset.schema is None:
        kind, likelihood, why = _of_values(dataset)
    else:
        kind, likelihood, why = "table", "mixed", f"the rows hold {_contents(dataset.schema.kinds)}"
    return Evidence(kind, likelihood, why, network, why_network, *_preset(dataset.event_shape, kind))


def _of_values(dataset: Dataset) -> tuple[str, str, str]:
    """Return the kind of the values of an array, the likelihood that suits them, and why."""
    if dataset.binarize != "none":
        return "binary", "bernoulli", f"zeros and ones are drawn from the values ({dataset.binarize})"
    low, high = dataset.value_range
    items = max(1, min(SAMPLED_ITEMS, SAMPLED_VALUES // math.prod(dataset.event_shape)))
    x = dataset.train.x[:: -(-len(dataset.train) // items)]
    x = x[:, ~np.isnan(x).all(axis=0)]  # shape (n, values), without values that the whole sample lacks
    observed = x[~np.isnan(x)]
    if low < 0 or high > 1:
        return _of_real(x, observed, low, high, are_vectors=len(dataset.event_shape) == 1)
    if np.isin(observed, (0, 1)).all():
        return "binary", "bernoulli", "every value is 0 or 1"
    loss = "their cross-entropy is a loss, not a density; --likelihood normal gives a density"
    if dataset.scaling.text.startswith("uint8"):
        return "8-bit", "bernoulli", f"the values are 8-bit levels scaled to [0, 1] ({loss})"
    return "[0, 1]", "bernoulli", f"all values lie in [0, 1] ({loss})"


def _of_real(x: np.ndarray, observed: np.ndarray, low: float, high: float, *,
             are_vectors: bool) -> tuple[str, str, str]:
    """Return the same for values that do not all lie in [0, 1]."""
    why = f"the values are real numbers from {low:g} to {high:g}"
    if not len(observed):
        return "real", "normal", why
    mean, spread = np.nanmean(x, axis=0, dtype=np.float64), np.nanstd(x, axis=0, dtype=np.float64)
    if np.abs(mean).max() < 0.5 and 0.5 < np.median(spread) < 2:
        return "standardized", "normal", "the features are centered and have a spread near 1"
    whole = low >= 0 and bool((observed == np.rint(observed)).all())
    if whole and high <= 255:
        why += "; all are whole numbers, so if these are images, convert them to uint8 or divide them by 255"
    if spread.max() > 20 * max(np.median(spread), 1.0):
        why += "; their spread is large or differs widely between features, so consider --scaling standard"
    return "counts" if whole and are_vectors else "real", "normal", why


def of_gray_images(dataset: Dataset) -> bool:
    """Return whether the items are images of one channel with levels from 0 to 1, not only black and white."""
    return len(dataset.event_shape) == 3 and dataset.event_shape[-1] == 1 and examine(dataset).kind in LEVELS


def choose_likelihood(recipe: Recipe, dataset: Dataset, log: Callable[[str], None] = lambda _: None) -> Recipe:
    """Return ``recipe`` with the likelihood "auto" replaced by one that suits the data; the reason goes to ``log``."""
    if recipe.likelihood != "auto":
        return recipe
    evidence = examine(dataset)
    log(f"Likelihood: {evidence.likelihood}, because {evidence.why}")
    return dataclasses.replace(recipe, likelihood=evidence.likelihood)


def _contents(kinds: Sequence[str]) -> str:
    """Return how many columns of each kind there are: "3 numbers and 1 category"."""
    counted = [(kinds.count(kind), kind) for kind in KINDS if kind in kinds]
    words = [checks.plural(count, kind, "categories" if kind == "category" else f"{kind}s") for count, kind in counted]
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


def _network(event_shape: tuple[int, ...]) -> tuple[str, str]:
    """Return the name of the network that suits items of this shape, and the reason."""
    if len(event_shape) < 3:
        return ("mlp", "the items are vectors") if len(event_shape) == 1 else ("conv1d", "the items are signals")
    if min(event_shape[:2]) < MIN_SIDE:
        return "mlp", f"images with sides below {MIN_SIDE} pixels are too small for convolutions"
    return "conv", f"images of {event_shape[0]} × {event_shape[1]} are large enough for convolutions"


def _preset(event_shape: tuple[int, ...], kind: str) -> tuple[str, str]:
    """Return the name of the preset that suits items of this shape and kind, and the reason."""
    if len(event_shape) == 3:
        return _preset_of_images(event_shape, kind)
    if kind == "table":
        return "table", "the rows have columns of different kinds"
    if kind == "counts":
        return "counts", "the values are whole numbers from 0 on"
    return "tutorial", f"no preset is made for {'signals' if len(event_shape) == 2 else 'vectors of numbers'}"


def _preset_of_images(event_shape: tuple[int, ...], kind: str) -> tuple[str, str]:
    """Return the same for images."""
    size = f"{event_shape[0]} × {event_shape[1]}"
    if event_shape == TUTORIAL:
        return "tutorial", f"gray images of {size} are those of the tutorial"
    if min(event_shape[:2]) < MIN_SIDE:
        return "tutorial", f"images with sides below {MIN_SIDE} pixels are too small for convolutions"
    if kind == "binary":
        return "nll", f"the images of {size} are black and white"
    if kind in LEVELS:
        return "photos", f"these are {'color' if event_shape[2] > 1 else 'gray'} images of {size}"
    return "tutorial", "no preset is made for images with values outside of [0, 1]"
