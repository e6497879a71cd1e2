"""Projections of more than two latent dimensions onto a plane."""

from __future__ import annotations

import importlib.util
import warnings
from typing import Any

import numpy as np

from zukan.evaluation.principal_components import principal_components

NEIGHBORS = 15  # the default of UMAP


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


def umap_applies(means: np.ndarray) -> bool:
    """Return whether umap-learn is installed and there are enough dimensions and items for it."""
    return means.shape[1] > 2 and len(means) > NEIGHBORS and importlib.util.find_spec("umap") is not None


def umap(means: np.ndarray) -> np.ndarray:
    """Return the UMAP projection of the means (arXiv:1802.03426), shape (n, 2), with a fixed seed."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns that a fixed seed disables its threads
        from umap import UMAP  # noqa: PLC0415 an extra

        projected = UMAP(n_components=2, n_neighbors=NEIGHBORS, random_state=0).fit_transform(means)
    return np.asarray(projected, "float32")
