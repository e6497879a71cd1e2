"""Planes on which more than two latent dimensions are seen."""

from __future__ import annotations

import importlib.util
import warnings
from typing import Any

import numpy as np

NEIGHBOURS = 15  # UMAP's own default


def pca(means: np.ndarray) -> dict[str, Any] | None:
    """Return the first two principal components of the means; None where there are no more than two dimensions.

    Returns
    -------
    dict
        ``mean`` and two orthonormal ``components``, so that a point of the plane is
        ``mean + a * components[0] + b * components[1]``; ``explained``: the share of the variance along each.
    """
    if means.shape[1] <= 2:
        return None
    from sklearn.decomposition import PCA  # noqa: PLC0415 heavy

    with np.errstate(invalid="ignore"):  # where all means are one point there is no variance to divide
        found = PCA(2, svd_solver="full", random_state=0).fit(means.astype("float64"))
    return {"mean": found.mean_.tolist(), "components": found.components_.tolist(),
            "explained": np.nan_to_num(found.explained_variance_ratio_).tolist()}


def umap_applies(means: np.ndarray) -> bool:
    """Whether umap-learn is installed, there are more than two dimensions, and items enough for its graph."""
    return means.shape[1] > 2 and len(means) > NEIGHBOURS and importlib.util.find_spec("umap") is not None


def umap(means: np.ndarray) -> np.ndarray:
    """Return the means laid out by UMAP (arXiv:1802.03426), shape (n, 2); the same at every call."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a fixed seed costs it its threads, which it mentions each time
        from umap import UMAP  # noqa: PLC0415 an extra

        laid_out = UMAP(n_components=2, n_neighbors=NEIGHBOURS, random_state=0).fit_transform(means)
    return np.asarray(laid_out, "float32")
