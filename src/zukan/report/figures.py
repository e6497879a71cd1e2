"""The figures of a run: the model's outputs, drawn with `zukan.plots`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from zukan import plots
from zukan.data import Dataset
from zukan.model import VAE

SHOWN = 10  # reconstructed test items, as in the tutorial
GRID, REACH = 20, 2.0  # a 20 x 20 grid over [-2, 2]^2, as in the tutorial
STEPS, SPAN = 9, 2.5  # images in a row of the traversals, from -2.5 to 2.5
MAX_ROWS = 10  # rows of the traversals
SAMPLES = 64
MORPH_STEPS = 11


def draw(vae: VAE, dataset: Dataset, means: np.ndarray, history: Mapping[str, np.ndarray],
         metrics: Mapping[str, Any], seed: int = 0) -> dict[str, plots.Display]:
    """Draw the figures of the report and return them by name.

    Parameters
    ----------
    vae : VAE
    dataset : Dataset
    means : array, shape (m, latent_dim)
        Posterior means of the test set.
    history : mapping of arrays
        As returned by `Run.history`.
    metrics : mapping
        As in ``metrics.json``.
    seed : int
        Seed of the random samples.
    """
    x, y, names = dataset.test.x, dataset.test.y, dataset.class_names
    shown = x[:SHOWN]
    figures = {
        "loss": plots.loss(history),
        "reconstructions": plots.reconstructions(shown, vae.reconstruct(shown), vae.reconstruct(shown, sample=True,
                                                                                                seed=seed)),
        **_maps(vae, means, y, names, metrics["latent"]),
        "samples": plots.samples(vae.sample(SAMPLES, seed=seed)),
    }
    pair = _different_pair(y, len(x))
    if pair is not None:
        ends = None if y is None else [str(y[i]) if names is None else names[y[i]] for i in pair]
        figures["morph"] = plots.morph(vae.interpolate(x[pair[0]], x[pair[1]], steps=MORPH_STEPS), ends)
    if "classes" in metrics:
        figures |= _classes(vae, metrics["classes"])
    return figures


def _maps(vae: VAE, means: np.ndarray, y: Any, names: Any, latent: Mapping[str, Any]) -> dict[str, plots.Display]:
    """Draw the latent map and the decoded grid; with more than two dimensions, also `pca`, `traversals`, `activity`."""
    order, kl, d = latent["order"], latent["kl_per_dimension"], vae.latent_dim
    dims = (0, 1) if d <= 2 else (order[0], order[1])
    figures = {"map": plots.latent_map(means, y, names, dims=dims)}
    ticks = np.linspace(-REACH, REACH, GRID)
    if d == 1:
        return figures | {"grid": plots.decoded_grid(vae.decode(ticks[:, None]), ticks)}
    z = np.zeros((GRID, GRID, d), means.dtype)
    if d > 2:
        z += means.mean(axis=0)
    z[..., dims[0]], z[..., dims[1]] = ticks[None, :], ticks[:, None]
    images = vae.decode(z.reshape(-1, d)).reshape(GRID, GRID, *vae.event_shape)
    figures["grid"] = plots.decoded_grid(images, ticks, ticks, dims=dims)
    if d > 2:
        rows, steps = order[:MAX_ROWS], np.linspace(-SPAN, SPAN, STEPS)
        z = np.tile(means.mean(axis=0), (len(rows), STEPS, 1))
        for i, dim in enumerate(rows):
            z[i, :, dim] = steps
        images = vae.decode(z.reshape(-1, d)).reshape(len(rows), STEPS, *vae.event_shape)
        figures["pca"] = plots.pca(means, y, names)
        figures["traversals"] = plots.traversals(images, steps, rows, None if kl is None else np.array(kl)[rows])
        if kl is not None:
            figures["activity"] = plots.activity(np.array(kl))
    return figures


def _classes(vae: VAE, classes: Mapping[str, Any]) -> dict[str, plots.Display]:
    """Draw the confusion matrix, and the images between classes that overlap or have a third class between them."""
    names = classes["names"]
    figures = {"confusion": plots.confusion(np.array(classes["confusion"]), names)}
    pairs = [pair for pair in classes["overlaps"] if pair["share"] > 0]
    pairs += [pair for pair in classes["third"] if pair not in pairs]
    if pairs:
        centers = np.array(classes["centres"])
        z = np.stack([[centers[pair["a"]], pair["midpoint"], centers[pair["b"]]] for pair in pairs])
        images = vae.decode(z.reshape(-1, vae.latent_dim)).reshape(*z.shape[:2], *vae.event_shape)
        figures["between"] = plots.between(images, [
            (names[pair["a"]], f"nearest: {names[pair['reads_as']]}", names[pair["b"]]) for pair in pairs])
    return figures


def _different_pair(y: np.ndarray | None, n: int) -> tuple[int, int] | None:
    """Return the first test item and the first item of another class, or the second item if there are no labels."""
    others = np.arange(1, n) if y is None else np.flatnonzero(y != y[0])
    return (0, int(others[0])) if len(others) else None
