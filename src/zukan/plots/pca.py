"""More than two latent dimensions on one page: their two principal components."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from sklearn.decomposition import PCA

from zukan import checks
from zukan.plots import classes, display, given, points, style


@style.look
def pca(z: Any, labels: Any = None, class_names: Sequence[str] | None = None,
        ax: Axes | None = None) -> display.Display:
    """Draw the posterior means on their first two principal components.

    Parameters
    ----------
    z : array of shape (n, d)
        Posterior means, n and d at least 2.
    labels, class_names, ax
        As for `latent_map`.

    Returns
    -------
    Display
        ``numbers``: as `latent_map`, and ``explained`` (2,), each component's part of the variance, and
        ``components`` (2, d).
    """
    means = given.array("z", z, "(n, d)", ndim=2)
    if min(means.shape) < 2:
        raise checks.InputError(
            f"z must have at least 2 items and 2 dimensions, got {checks.show(means)}; see latent_map for less")
    found = None if labels is None else classes.index(labels, class_names, len(means))
    with np.errstate(invalid="ignore"):  # all means equal: no variance to explain, 0 / 0
        model = PCA(2, svd_solver="full").fit(means)
    explained = np.nan_to_num(model.explained_variance_ratio_)
    ax = style.axes(ax, 6.6, 5.7)
    result = points.draw(ax, model.transform(means), found)
    ax.set(**{f"{axis}label": f"principal component {number} · {part:.0%} of the variance"
              for axis, number, part in zip("xy", (1, 2), explained, strict=True)})
    ax.set_title("Latent map, principal components")
    result.numbers.update(explained=explained, components=model.components_)
    return result
