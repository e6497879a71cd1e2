"""Map of a latent space of more than two dimensions: its first two principal components."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes

from zukan import checks
from zukan.evaluation.principal_components import principal_components
from zukan.plots import class_labels, display, points, style, validate


@style.styled
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
        ``numbers``: as for `latent_map`, and ``explained`` (2,), each component's share of the variance, and
        ``components`` (2, d).
    """
    means = validate.array("z", z, "(n, d)", ndim=2)
    if min(means.shape) < 2:
        raise checks.InputError(
            f"z must have at least 2 items and 2 dimensions, got {checks.show(means)}; use latent_map")
    classes = class_labels.encode(labels, class_names, len(means))
    plane = principal_components(means)
    ax = style.axes(ax, 6.6, 5.7)
    result = points.draw(ax, plane.points, classes)
    ax.set(**{f"{axis}label": f"principal component {number} · {share:.0%} of the variance"
              for axis, number, share in zip("xy", (1, 2), plane.explained, strict=True)})
    ax.set_title("Latent map, principal components")
    result.numbers.update(explained=plane.explained, components=plane.components)
    return result
