"""The figures of a run: the model's outputs, drawn with `zukan.plots`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from zukan import plots
from zukan.data import Dataset
from zukan.evaluation.condition import condition_of, most_frequent, repeated, settings
from zukan.evaluation.confusion import Confusion
from zukan.evaluation.pairs import unlike_pair
from zukan.evaluation.selection import few_of_each
from zukan.model import VAE
from zukan.objectives import Reconstruction
from zukan.priors import Normal

SHOWN = 10  # reconstructed test items, as in the tutorial
GRID, REACH = 20, 2.0  # a 20 x 20 grid over [-2, 2]^2, as in the tutorial
STEPS, SPAN = 9, 2.5  # images in a row of the traversals, from -2.5 to 2.5
ENOUGH = 0.5  # share of the codes that these ranges must hold; else they are those of the codes
MAX_ROWS = 10  # rows of the traversals
SAMPLES = 64
MORPH_STEPS = 11
MATRIX, OTHERS = 39, "all others"  # classes of the confusion matrix
CLASSES, PER_CLASS, STYLES = 10, 8, 6  # of a model with a condition: classes drawn, samples of each, items restyled


def draw(vae: VAE, dataset: Dataset, means: np.ndarray, history: Mapping[str, np.ndarray],
         metrics: Mapping[str, Any], seed: int = 0) -> dict[str, plots.Display]:
    """Draw the figures of the report and return them by name.

    Parameters
    ----------
    vae : VAE
    dataset : Dataset
    means : array, shape (m, latent_dim)
        Codes of the test set.
    history : mapping of arrays
        As returned by `Run.history`.
    metrics : mapping
        As in ``metrics.json``.
    seed : int
        Seed of the random samples.
    """
    with plots.items_of(vae.event_shape):
        return _draw(vae, dataset, means, history, metrics, seed)


def _draw(vae: VAE, dataset: Dataset, means: np.ndarray, history: Mapping[str, np.ndarray], metrics: Mapping[str, Any],
          seed: int) -> dict[str, plots.Display]:
    x, y, names = dataset.test.x, dataset.test.y, dataset.class_names
    condition, (_, typical) = condition_of(vae, dataset.test), most_frequent(vae, dataset) or ("", None)
    rows = few_of_each(y, SHOWN, len(x))
    shown, under = x[rows], None if condition is None else condition[rows]
    figures = {
        "loss": plots.loss(history),
        "reconstructions": plots.reconstructions(
            shown, vae.reconstruct(shown, condition=under),
            vae.reconstruct(shown, condition=under, sample=True, seed=seed)),
        **_maps(vae, means, y, names, metrics["latent"], typical),
    }
    if condition is None:
        figures["samples"] = plots.samples(vae.sample(SAMPLES, draw=dataset.columns is not None, seed=seed))
    else:
        figures |= _by_condition(vae, dataset, means, condition, seed)
    pair = unlike_pair(y, means) if condition is None else _conditional_pair(condition, typical)
    if pair is not None:
        ends = None if y is None else [_name(names, y[i]) for i in pair]
        steps = vae.interpolate(x[pair[0]], x[pair[1]], condition=None if condition is None else condition[list(pair)],
                                steps=MORPH_STEPS)
        figures["morph"] = plots.morph(steps, ends)
    if "classes" in metrics:
        figures["confusion"] = _confusion(metrics["classes"])
        if condition is None:
            figures |= _between(vae, metrics["classes"])
    return figures


def _maps(vae: VAE, means: np.ndarray, y: Any, names: Any, latent: Mapping[str, Any],
          condition: np.ndarray | None) -> dict[str, plots.Display]:
    """Draw the latent map and the decoded grid; with more than two dimensions, also `pca`, `traversals`, `activity`."""
    order, kl, d = latent["order"], latent["kl_per_dimension"], vae.latent_dim
    dims = (0, 1) if d <= 2 else (order[0], order[1])
    figures = {"map": plots.latent_map(means, y, names, dims=dims)}
    plane = means[:, list(dims[:d])]
    ticks = [_values(vae, column, REACH, GRID, inside=_inside(plane, REACH)) for column in plane.T]
    if d == 1:
        images = vae.decode(ticks[0][:, None], condition=repeated(condition, GRID))
        return figures | {"grid": plots.decoded_grid(images, ticks[0])}
    z = np.zeros((GRID, GRID, d), means.dtype)
    if d > 2:
        z += means.mean(axis=0)
    z[..., dims[0]], z[..., dims[1]] = ticks[0][None, :], ticks[1][:, None]
    images = vae.decode(z.reshape(-1, d), condition=repeated(condition, GRID * GRID)).reshape(
        GRID, GRID, *vae.event_shape)
    figures["grid"] = plots.decoded_grid(images, ticks[0], ticks[1], dims=dims)
    if d > 2:
        rows = order[:MAX_ROWS]
        inside = min(_inside(means[:, [dim]], SPAN) for dim in rows)
        steps = _values(vae, means[:, rows], SPAN, STEPS, inside=inside)
        z = np.tile(means.mean(axis=0), (len(rows), STEPS, 1))
        for i, dim in enumerate(rows):
            z[i, :, dim] = steps
        images = vae.decode(z.reshape(-1, d), condition=repeated(condition, len(rows) * STEPS))
        images = images.reshape(len(rows), STEPS, *vae.event_shape)
        figures["pca"] = plots.pca(means, y, names)
        by_dimension = kl is not None and len(kl) == d
        figures["traversals"] = plots.traversals(images, steps, rows, np.array(kl)[rows] if by_dimension else None)
        if kl is not None:
            figures["activity"] = plots.activity(np.array(kl), latent["variables"])
    return figures


def _inside(codes: np.ndarray, reach: float) -> float:
    """Return the share of the codes that are at most ``reach`` from 0 in every dimension."""
    return float((np.abs(codes) <= reach).all(axis=1).mean())


def _values(vae: VAE, codes: np.ndarray, reach: float, count: int, *, inside: float) -> np.ndarray:
    """Return evenly spaced values of z: from -reach to reach, or where the codes are if too few are ``inside``.

    If nothing keeps the codes near 0, the values are always where the codes are.
    """
    near_zero = isinstance(vae.prior, Normal) and not isinstance(vae.objective, Reconstruction)
    if near_zero and inside >= ENOUGH:
        return np.linspace(-reach, reach, count)
    low, high = np.quantile(codes, 0.01, axis=0).min(), np.quantile(codes, 0.99, axis=0).max()
    return np.linspace(low, high if high > low else low + 1.0, count)


def _by_condition(vae: VAE, dataset: Dataset, means: np.ndarray, condition: np.ndarray,
                  seed: int) -> dict[str, plots.Display]:
    """Draw samples under the most frequent conditions, and the codes of a few test items decoded under each."""
    shown = settings(vae, dataset, CLASSES)
    names, rows = list(shown), np.concatenate(list(shown.values()))
    samples = vae.sample(len(names) * PER_CLASS, condition=np.repeat(rows, PER_CLASS, axis=0),
                         draw=dataset.columns is not None, seed=seed)
    items = np.sort(np.unique(condition, axis=0, return_index=True)[1])[:STYLES]  # the first of each condition
    codes = np.repeat(means[items], len(names), axis=0)
    decoded = vae.decode(codes, condition=np.concatenate([rows] * len(items)))
    return {"samples": plots.samples(samples.reshape(len(names), PER_CLASS, *vae.event_shape), names),
            "styles": plots.under_classes(dataset.test.x[items],
                                          decoded.reshape(len(items), len(names), *vae.event_shape), names)}


def _confusion(classes: Mapping[str, Any]) -> plots.Display:
    """Draw the confusion matrix; of many classes, those that overlap most, and all others together."""
    confusion, names = Confusion.from_json(classes["confusion"]), classes["names"]
    if len(names) <= MATRIX:
        return plots.confusion(confusion.among(range(len(names))), names)
    pairs = confusion.overlaps(MATRIX)
    chosen = sorted(list(dict.fromkeys(label for pair in pairs for label in (pair.a, pair.b)))[:MATRIX])
    return plots.confusion(confusion.among(chosen), [*(names[label] for label in chosen), OTHERS])


def _between(vae: VAE, classes: Mapping[str, Any]) -> dict[str, plots.Display]:
    """Draw the images between classes that overlap or have a third class between them."""
    names = classes["names"]
    pairs = [pair for pair in classes["overlaps"] if pair["share"] > 0]
    pairs += [pair for pair in classes["third"] if pair not in pairs]
    if not pairs:
        return {}
    centers = np.array(classes["centres"])
    z = np.stack([[centers[pair["a"]], pair["midpoint"], centers[pair["b"]]] for pair in pairs])
    images = vae.decode(z.reshape(-1, vae.latent_dim)).reshape(*z.shape[:2], *vae.event_shape)
    return {"between": plots.between(images, [
        (names[pair["a"]], f"nearest: {names[pair['reads_as']]}", names[pair["b"]]) for pair in pairs])}


def _conditional_pair(condition: np.ndarray, typical: np.ndarray | None) -> tuple[int, int] | None:
    """Return the first two test items of the most frequent class; if the condition is not a class, the first two."""
    items = np.flatnonzero(condition == typical) if condition.ndim == 1 else np.arange(len(condition))
    return (int(items[0]), int(items[1])) if len(items) > 1 else None


def _name(names: tuple[str, ...] | None, label: Any) -> str:
    return str(label) if names is None else names[label]
