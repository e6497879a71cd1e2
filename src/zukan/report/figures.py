"""The figures of a run: the model asked, the answers drawn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from zukan import plots
from zukan.data import Dataset
from zukan.model import VAE

SHOWN = 10  # test items in the comparison, as in the tutorial
GRID, REACH = 20, 2.0  # a 20 x 20 grid over [-2, 2]^2, as in the tutorial
STEPS, SPAN = 9, 2.5  # a traversal's images, and how far it goes
TRAVERSED = 10  # rows of the traversal at most


def draw(vae: VAE, dataset: Dataset, means: np.ndarray, history: Mapping[str, np.ndarray],
         metrics: Mapping[str, Any], seed: int = 0) -> dict[str, plots.Display]:
    """Return the figures by name, in the order of the report.

    Parameters
    ----------
    vae : VAE
    dataset : Dataset
    means : array, shape (m, latent_dim)
        Posterior means of the test set.
    history : mapping of arrays
        As `Run.history` gives it.
    metrics : mapping
        As in ``metrics.json``.
    seed : int
    """
    x, y, names = dataset.test.x, dataset.test.y, dataset.class_names
    shown = x[:SHOWN]
    figures = {
        "loss": plots.loss(history),
        "reconstructions": plots.reconstructions(shown, vae.reconstruct(shown), vae.reconstruct(shown, sample=True,
                                                                                                seed=seed)),
        **_maps(vae, means, y, names, metrics["latent"]),
        "samples": plots.samples(vae.sample(64, seed=seed)),
    }
    pair = _two_apart(y, len(x))
    if pair is not None:
        ends = None if y is None else [str(y[i]) if names is None else names[y[i]] for i in pair]
        figures["morph"] = plots.morph(vae.interpolate(x[pair[0]], x[pair[1]], steps=11), ends)
    if "classes" in metrics:
        figures |= _classes(vae, metrics["classes"])
    return figures


def _maps(vae: VAE, means: np.ndarray, y: Any, names: Any, latent: Mapping[str, Any]) -> dict[str, plots.Display]:
    """Draw the latent map, the decoded grid, and what more than two dimensions need."""
    order, kl, d = latent["order"], latent["kl_per_dimension"], vae.latent_dim
    dims = (0, 1) if d <= 2 else (order[0], order[1])
    drawn = {"map": plots.latent_map(means, y, names, dims=dims)}
    ticks = np.linspace(-REACH, REACH, GRID)
    if d == 1:
        return drawn | {"grid": plots.decoded_grid(vae.decode(ticks[:, None]), ticks)}
    z = np.zeros((GRID, GRID, d), means.dtype)
    if d > 2:
        z += means.mean(axis=0)
    z[..., dims[0]], z[..., dims[1]] = ticks[None, :], ticks[:, None]
    images = vae.decode(z.reshape(-1, d)).reshape(GRID, GRID, *vae.event_shape)
    drawn["grid"] = plots.decoded_grid(images, ticks, ticks, dims=dims)
    if d > 2:
        rows, steps = order[:TRAVERSED], np.linspace(-SPAN, SPAN, STEPS)
        z = np.tile(means.mean(axis=0), (len(rows), STEPS, 1))
        for i, dim in enumerate(rows):
            z[i, :, dim] = steps
        images = vae.decode(z.reshape(-1, d)).reshape(len(rows), STEPS, *vae.event_shape)
        drawn["pca"] = plots.pca(means, y, names)
        drawn["traversals"] = plots.traversals(images, steps, rows, None if kl is None else np.array(kl)[rows])
        if kl is not None:
            drawn["activity"] = plots.activity(np.array(kl))
    return drawn


def _classes(vae: VAE, found: Mapping[str, Any]) -> dict[str, plots.Display]:
    """Draw the confusion matrix, and what lies between classes that overlap or have a third between them."""
    names = found["names"]
    drawn = {"confusion": plots.confusion(np.array(found["confusion"]), names)}
    pairs = [pair for pair in found["overlaps"] if pair["share"] > 0]
    pairs += [pair for pair in found["third"] if pair not in pairs]
    if pairs:
        centres = np.array(found["centres"])
        z = np.stack([[centres[pair["a"]], pair["midpoint"], centres[pair["b"]]] for pair in pairs])
        images = vae.decode(z.reshape(-1, vae.latent_dim)).reshape(*z.shape[:2], *vae.event_shape)
        drawn["between"] = plots.between(images, [
            (names[pair["a"]], f"reads as {names[pair['reads_as']]}", names[pair["b"]]) for pair in pairs])
    return drawn


def _two_apart(y: np.ndarray | None, n: int) -> tuple[int, int] | None:
    """Choose two test items to morph between: the first, and the first of another class where there are classes."""
    others = np.arange(1, n) if y is None else np.flatnonzero(y != y[0])
    return (0, int(others[0])) if len(others) else None
