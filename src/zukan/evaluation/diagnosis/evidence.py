"""Evidence: all that the checks of a trained model look at."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from zukan import checks
from zukan.data.spread import FAR, Far, far_values
from zukan.data.values import limits
from zukan.evaluation.condition import condition_of
from zukan.evaluation.diagnosis.units import silent_units
from zukan.likelihoods import Likelihood
from zukan.likelihoods.location_scale import LocationScale
from zukan.model.probing import Probe, probe
from zukan.streamed import slices

if TYPE_CHECKING:
    from zukan.data import Dataset
    from zukan.model import VAE

QUICK = {"items": 400, "samples": 16}  # of the report: about 6 % of the work of its bound
THOROUGH = {"items": 2000, "samples": 100}
LARGEST = 2**26  # values of one array of items: 256 MiB, which large images would exceed


@dataclass(frozen=True)
class Evidence:
    """What the checks look at. A check whose evidence is absent is left out.

    Attributes
    ----------
    history : mapping of arrays
        One entry for each epoch.
    metrics : mapping
        ``latent``, ``test`` and, if there are any, ``codes`` and ``epochs``, as in ``metrics.json``.
    far : Far, optional
        Scaled values that lie far from all others of their feature.
    x : array, shape (n, *event_shape), optional
        Test items as the model sees them.
    probe : Probe, optional
        Of the same items.
    silent : mapping of (int, int)
        For "encoder" and "decoder": the number of relu units that are 0 for all items, and of all relu units.
    likelihood : str
        The name of the class of the likelihood.
    scale : float or array, optional
        The scale of the likelihood in the units of the scaled data, if it does not depend on z: a number that the user
        chose, or an array that was learned.
    fits : str
        The name of a prior that can be fitted to the codes afterwards; "" if there is none, since the posterior reads
        the prior, or z is on a sphere, in a ball or of several kinds.
    pseudo : bool
        Whether a prior of pseudo-inputs ("vamp") suits the model: it has no condition, and its items are not rows.
    noisy : bool
        Whether the encoder sees corrupted items in training.
    kept : int, optional
        The epoch whose weights the model has, counted from 1; by default the last one.
    """

    history: Mapping[str, np.ndarray]
    metrics: Mapping[str, Any]
    far: Far | None = None
    x: np.ndarray | None = None
    probe: Probe | None = None
    silent: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    likelihood: str = "Normal"
    scale: float | np.ndarray | None = None
    fits: str = "maf"
    pseudo: bool = True
    noisy: bool = False
    kept: int | None = None


def collect(vae: VAE, dataset: Dataset, history: Mapping[str, np.ndarray], metrics: Mapping[str, Any], *,
            items: int = QUICK["items"], samples: int = QUICK["samples"], seed: int = 0) -> Evidence:
    """Run the model on some test items and return the evidence.

    Parameters
    ----------
    vae : VAE
        The trained model.
    dataset : Dataset
        What it was trained on.
    history, metrics : mapping
        As in `Evidence`.
    items : int
        The number of test items, chosen at random; fewer if the test set is smaller, or if they are large images.
    samples : int
        Draws of z per item.
    seed : int
        Of the items and of all draws.
    """
    test = dataset.test
    most = max(10, LARGEST // math.prod(dataset.event_shape))
    count = min(checks.integer("items", items, minimum=10), len(test), most)
    rows = np.sort(np.random.default_rng(seed).choice(len(test), count, replace=False))
    condition = condition_of(vae, test)
    condition = None if condition is None else condition[rows]
    x = np.asarray(test.x[rows])
    probed = probe(vae, x, condition=condition, samples=samples, seed=seed)
    silent = {}
    if not vae.missing and not vae.shapes.condition_dim:  # otherwise the networks have more than one input
        silent = {"encoder": silent_units(vae.inference, x), "decoder": silent_units(vae.decoder, probed.z)}
    return Evidence(history, metrics, _far(dataset), x, probed, silent,
                    type(vae.likelihood).__name__, _scale(vae.likelihood), _fitting(vae),
                    len(vae.event_shape) > 1 and not vae.shapes.condition_dim, bool(vae.corruptions),
                    metrics.get("epochs", {}).get("best"))


def _fitting(vae: VAE) -> str:
    """Return the name of a prior that can be fitted to the codes, or ""."""
    kinds = {piece.kind for piece in vae.shapes.layout}
    if vae.posterior.priors:
        return ""
    return "maf" if kinds == {"real"} else "autoregressive" if kinds <= {"categorical", "code"} else ""


def _scale(likelihood: Likelihood) -> float | np.ndarray | None:
    """Return the scale of a likelihood that has one for all z."""
    if not isinstance(likelihood, LocationScale) or likelihood.scale == "heads":
        return None
    if likelihood.log_var is None:
        return float(likelihood.scale)
    return np.exp(0.5 * np.asarray(likelihood.log_var.value, np.float64))


def _far(dataset: Dataset) -> Far | None:
    """Return the scaled values that lie far from all others of their feature, if there are any."""
    if max(map(abs, dataset.value_range)) <= FAR:
        return None
    ends = (end for split in (dataset.train, dataset.test) for piece in slices(split.x)
            for end in limits(split.x[piece], axis=0))
    return far_values(ends, dataset.scaling, dataset.columns)
