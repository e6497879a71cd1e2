"""The figures of a run: the model's outputs, drawn with `zukan.plots`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from keras import ops

from zukan import plots
from zukan.backend import keras_defaults
from zukan.data import Dataset
from zukan.evaluation.condition import condition_of, most_frequent, settings
from zukan.evaluation.confusion import Confusion
from zukan.evaluation.pairs import unlike_pair
from zukan.evaluation.selection import few_of_each
from zukan.model import VAE
from zukan.priors import Ladder
from zukan.report import discrete, maps, tables

SHOWN = 10  # reconstructed test items, as in the tutorial
SAMPLES = 64
MORPH_STEPS = 11
KEPT, REDRAWN = 3, 9  # samples of a ladder whose upper layers are kept, and how often the others are drawn again
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
        figures = _draw(vae, dataset, means, history, metrics, seed)
        if dataset.schema is not None and vae.likelihood.is_table:
            figures = {**tables.without_levels(figures, dataset.schema), **tables.draw(vae, dataset, means, seed)}
        return figures


def _draw(vae: VAE, dataset: Dataset, means: np.ndarray, history: Mapping[str, np.ndarray], metrics: Mapping[str, Any],
          seed: int) -> dict[str, plots.Display]:
    x, y, names = dataset.test.x, dataset.test.y, dataset.class_names
    condition, (_, typical) = condition_of(vae, dataset.test), most_frequent(vae, dataset) or ("", None)
    rows = few_of_each(y, SHOWN, len(x))
    shown, under = x[rows], None if condition is None else condition[rows]
    figures = {
        "loss": plots.loss({name: of_epochs for name, of_epochs in history.items() if np.isfinite(of_epochs).any()}),
        "reconstructions": plots.reconstructions(
            shown, vae.reconstruct(shown, condition=under),
            vae.reconstruct(shown, condition=under, sample=True, seed=seed)),
        **maps.draw(vae, means, y, names, metrics["latent"], typical),
    }
    if any(piece.choices for piece in vae.shapes.layout):
        figures |= discrete.draw(vae, x, means, condition, typical)
    if condition is None:
        drawn = vae.sample(SAMPLES, draw=dataset.columns is not None, seed=seed, as_frame=False)
        figures["samples"] = plots.samples(drawn)
        figures |= _layers(vae, seed)
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
        if condition is None and not any(piece.kind == "code" for piece in vae.shapes.layout):
            figures |= _between(vae, metrics["classes"])
    return figures


def _by_condition(vae: VAE, dataset: Dataset, means: np.ndarray, condition: np.ndarray,
                  seed: int) -> dict[str, plots.Display]:
    """Draw samples under the most frequent conditions, and the codes of a few test items decoded under each."""
    shown = settings(vae, dataset, CLASSES)
    names, rows = list(shown), np.concatenate(list(shown.values()))
    samples = vae.sample(len(names) * PER_CLASS, condition=np.repeat(rows, PER_CLASS, axis=0),
                         draw=dataset.columns is not None, seed=seed, as_frame=False)
    items = np.sort(np.unique(condition, axis=0, return_index=True)[1])[:STYLES]  # the first of each condition
    codes = np.repeat(means[items], len(names), axis=0)
    decoded = vae.decode(codes, condition=np.concatenate([rows] * len(items)))
    return {"samples": plots.samples(samples.reshape(len(names), PER_CLASS, *vae.event_shape), names),
            "styles": plots.under_classes(dataset.test.x[items],
                                          decoded.reshape(len(items), len(names), *vae.event_shape), names)}


@keras_defaults()
def _layers(vae: VAE, seed: int) -> dict[str, plots.Display]:
    """Draw samples of a ladder: in each row some layers are kept, and those below are drawn again."""
    if not isinstance(vae.prior, Ladder):
        return {}
    p_z = vae.prior.distribution(vae.context())
    first, names, rows = p_z.sample(KEPT, seed), [], []
    for kept in range(1, len(p_z.widths)):
        for i in range(KEPT):
            z = ops.repeat(first[i : i + 1], REDRAWN, axis=0)
            drawn = p_z.redraw(p_z.split(z)[:kept], seed + 1 + i)
            rows.append(vae.decode(ops.convert_to_numpy(ops.concatenate([first[i : i + 1], drawn]))))
            names.append("top layer kept" if kept == 1 else f"top {kept} layers kept")
    return {"layers": plots.samples(np.stack(rows), names)}


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
    centers = np.array(classes["centers"])
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
