"""``atlas.json``: what the page reads first."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from zukan.data import Dataset
from zukan.data.notice import notice
from zukan.evaluation.latent import ACTIVE_VARIANCE
from zukan.explorer import projections
from zukan.runs import Run

FORMAT_VERSION = 1
LEAST_SHARE, PAIRS = 0.01, 500  # what the page lists of classes that overlap


def manifest(run: Run, dataset: Dataset, means: np.ndarray, values: tuple[float, float], per_file: int, *,
             umap: bool) -> dict[str, Any]:
    """Return the manifest.

    Parameters
    ----------
    run : Run
        Finished: its metrics are quoted.
    dataset : Dataset
    means : array, shape (count, latent_dim)
        Of all items, training items first.
    values : (float, float)
        What 0 and 255 stand for in the items' files.
    per_file : int
        Items a file.
    umap : bool
        Whether there is ``umap.f32``.
    """
    metrics = run.metrics
    splits = [{"name": name, "count": len(split)} for name, split in (("train", dataset.train), ("test", dataset.test))]
    name = dataset.name if run.recipe.data != run.DATA else run.path.resolve().name
    return {"format_version": FORMAT_VERSION, "name": name, "event_shape": list(dataset.event_shape),
            "latent_dim": means.shape[1], "count": len(means), "range": list(values), "splits": splits,
            "classes": _classes(dataset, metrics), "dimensions": _dimensions(means, metrics),
            "pca": projections.pca(means), "umap": umap, "items": {"per_file": per_file},
            "metrics": _headline(metrics), "licence": notice(run.recipe.data)}


def labels(dataset: Dataset) -> tuple[np.ndarray, list[str]] | None:
    """Return each item's class, by its place among the names, and the names; None unless every item has a label."""
    if dataset.train.y is None or dataset.test.y is None:
        return None
    known, places = np.unique(np.concatenate([dataset.train.y, dataset.test.y]), return_inverse=True)
    names = [str(label) if dataset.class_names is None else dataset.class_names[label] for label in known]
    return places, names


def value_range(dataset: Dataset, support: tuple[float, float]) -> tuple[float, float]:
    """Return the values drawn darkest and brightest: the likelihood's bounds, or those of the data."""
    low, high = support if all(map(math.isfinite, support)) else dataset.value_range
    return low, high if high > low else low + 1.0


def _classes(dataset: Dataset, metrics: Mapping[str, Any]) -> dict[str, Any] | None:
    found = labels(dataset)
    if found is None:
        return None
    return {"names": found[1], "overlaps": _overlaps(metrics["classes"]["confusion"]) if "classes" in metrics else []}


def _overlaps(confusion: list[list[int]]) -> list[dict[str, Any]]:
    """Return the pairs of classes taken for each other, most often first: ``share`` is of the two classes' items."""
    counts = np.array(confusion)
    sizes = counts.sum(axis=1)
    share = (counts + counts.T) / np.maximum(sizes[:, None] + sizes, 1)
    pairs = sorted(((a, b) for b in range(len(share)) for a in range(b) if share[a, b] >= LEAST_SHARE),
                   key=lambda pair: -share[pair])
    return [{"a": a, "b": b, "share": float(share[a, b])} for a, b in pairs[:PAIRS]]


def _dimensions(means: np.ndarray, metrics: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the dimensions, the most active first: variance of the means, and the test set's KL in nats."""
    variance, kl = means.var(axis=0, dtype="float64"), metrics["latent"]["kl_per_dimension"]
    return [{"index": int(i), "variance": float(variance[i]), "kl": None if kl is None else kl[i],
             "active": bool(variance[i] > ACTIVE_VARIANCE)} for i in np.argsort(-variance, kind="stable")]


def _headline(metrics: Mapping[str, Any]) -> dict[str, Any]:
    found = {"elbo": metrics["test"]["elbo"], "active_units": metrics["latent"]["active_units"]}
    return found | ({"knn_accuracy": metrics["classes"]["knn_accuracy"]} if "classes" in metrics else {})
