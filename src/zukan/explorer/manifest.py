"""The manifest ``atlas.json``: names, shapes and metrics that the page reads first."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from zukan.data import Dataset
from zukan.data.notice import notice
from zukan.evaluation.confusion import Confusion
from zukan.evaluation.latent import ACTIVE_VARIANCE
from zukan.explorer import condition, ids
from zukan.explorer.labels import labels
from zukan.runs import Run

FORMAT_VERSION = 1
MIN_SHARE, MAX_PAIRS = 0.01, 500  # which overlapping classes the page lists


def manifest(run: Run, dataset: Dataset, means: np.ndarray, pca: Mapping[str, Any] | None,
             values: tuple[float, float], per_file: int, optional: Mapping[str, bool]) -> dict[str, Any]:
    """Return the manifest.

    Parameters
    ----------
    run : Run
        Finished, since its metrics are shown.
    dataset : Dataset
    means : array, shape (count, latent_dim)
        Codes of all items, training items first.
    pca : mapping, optional
        As `projections.pca` returns it.
    values : (float, float)
        The values that the bytes 0 and 255 stand for in the files of items; 0 and 254 if values may be missing, since
        255 then stands for a missing value.
    per_file : int
        Items per file.
    optional : mapping of bool
        Whether the file ``NAME.f32`` exists, for the names ``log_var``, ``score``, ``umap`` and ``codebook``.
    """
    metrics = run.metrics
    splits = [{"name": name, "count": len(split)} for name, split in (("train", dataset.train), ("test", dataset.test))]
    name = dataset.name if run.recipe.data != run.DATA else run.path.resolve().name
    return {"format_version": FORMAT_VERSION, "name": name, "event_shape": list(dataset.event_shape),
            "latent_dim": means.shape[1], "layout": [piece._asdict() for piece in run.model.shapes.layout],
            "count": len(means), "range": list(values), "missing": run.model.missing,
            "splits": splits, "classes": _classes(dataset, metrics), "condition": condition.record(dataset),
            "dimensions": _dimensions(means, metrics),
            "pca": pca, **optional, "names": ids.names(dataset) is not None,
            "items": {"per_file": per_file}, "metrics": _headline(metrics), "licence": notice(run.recipe.data)}


def value_range(dataset: Dataset, support: tuple[float, float]) -> tuple[float, float]:
    """Return the values that are drawn darkest and brightest: the bounds of the likelihood, or those of the data."""
    low, high = support if all(map(math.isfinite, support)) else dataset.value_range
    return low, high if high > low else low + 1.0


def _classes(dataset: Dataset, metrics: Mapping[str, Any]) -> dict[str, Any] | None:
    classes = labels(dataset)
    if classes is None:
        return None
    overlapping = _overlaps(metrics["classes"]["confusion"]) if "classes" in metrics else []
    return {"names": classes.names, "overlaps": overlapping}


def _overlaps(confusion: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the pairs of classes that overlap by at least `MIN_SHARE`, the largest overlap first."""
    return [pair._asdict() for pair in Confusion.from_json(confusion).overlaps(MAX_PAIRS) if pair.share >= MIN_SHARE]


def _dimensions(means: np.ndarray, metrics: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the variance of the codes and the test KL in nats of each dimension, the most active first."""
    variance, kl = means.var(axis=0, dtype="float64"), metrics["latent"]["kl_per_dimension"]
    splits = kl is not None and len(kl) == len(variance)
    return [{"index": int(i), "variance": float(variance[i]), "kl": kl[i] if splits else None,
             "active": bool(variance[i] > ACTIVE_VARIANCE)} for i in np.argsort(-variance, kind="stable")]


def _headline(metrics: Mapping[str, Any]) -> dict[str, Any]:
    headline = {name: part[name] for part, name in ((metrics["test"], "elbo"), (metrics["latent"], "active_units"))
                if name in part}
    return headline | ({"knn_accuracy": metrics["classes"]["knn_accuracy"]} if "classes" in metrics else {})
