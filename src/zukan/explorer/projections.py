"""Projections of more than two latent dimensions onto a plane."""

from __future__ import annotations

import importlib.util
import warnings
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from zukan.evaluation.averages import evenly
from zukan.evaluation.principal_components import principal_components
from zukan.explorer.kept import kept, key
from zukan.runs import Run

NEIGHBORS = 15  # the default of UMAP
FITTED = 50_000  # items at most; 70 000 take minutes


def pca(means: np.ndarray) -> dict[str, Any] | None:
    """Return the first two principal components of the means, or None for one or two dimensions.

    Returns
    -------
    dict
        ``mean`` and two orthonormal ``components``: the point (a, b) of the plane is the code
        ``mean + a * components[0] + b * components[1]``. ``explained``: each component's share of the variance.
    """
    if means.shape[1] <= 2:
        return None
    plane = principal_components(means.astype("float64"))
    return {"mean": plane.mean.tolist(), "components": plane.components.tolist(),
            "explained": plane.explained.tolist()}


def onto(pca: Mapping[str, Any], means: np.ndarray) -> np.ndarray:
    """Return the means on the plane that `pca` returned, shape (n, 2)."""
    return (means - np.asarray(pca["mean"], means.dtype)) @ np.asarray(pca["components"], means.dtype).T


def umap_applies(means: np.ndarray) -> bool:
    """Return whether umap-learn is installed and there are enough dimensions and items for it."""
    return means.shape[1] > 2 and len(means) > NEIGHBORS and importlib.util.find_spec("umap") is not None


def kept_umap(run: Run, means: np.ndarray, log: Callable[[str], None]) -> np.ndarray:
    """Return the UMAP projection of the run's codes; it is computed once and kept in the run folder."""
    def compute() -> np.ndarray:
        log("Computing the UMAP projection, which takes a minute or more")
        return umap(means)

    return kept(run, "umap", key(means, NEIGHBORS, FITTED), compute)


def umap(means: np.ndarray) -> np.ndarray:
    """Return the UMAP projection of the means (arXiv:1802.03426), shape (n, 2), with a fixed seed.

    Of more than 50 000 items, evenly spaced ones are projected. Each other item has the mean place of the five that are
    nearest to it, weighted by their inverse distance.
    """
    some = evenly(len(means), FITTED)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns that a fixed seed disables its threads
        from umap import UMAP  # noqa: PLC0415 an extra

        projected = UMAP(n_components=2, n_neighbors=NEIGHBORS, random_state=0).fit_transform(means[some])
    projected = np.asarray(projected, "float32")
    return projected if len(some) == len(means) else _between(means, means[some], projected)


def _between(means: np.ndarray, known: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Return a place for each code, between the places of the five known codes that are nearest to it."""
    from sklearn.neighbors import NearestNeighbors  # noqa: PLC0415 slow to import

    distances, near = NearestNeighbors(n_neighbors=5).fit(known).kneighbors(means)
    weights = 1 / np.maximum(distances, 1e-9)  # a known code has its own place
    weights /= weights.sum(axis=1, keepdims=True)
    return np.einsum("nk,nkd->nd", weights, places[near]).astype("float32")
