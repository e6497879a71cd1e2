"""What the page shows of the structure of the codes: the views, by how well they separate, and the clusters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from zukan.data import Dataset
from zukan.explorer import clusters, projections
from zukan.explorer.first import continuous
from zukan.explorer.labels import labels
from zukan.explorer.views import View, measured
from zukan.runs import Run


def write(run: Run, dataset: Dataset, means: npt.NDArray[np.floating], pca: Mapping[str, Any] | None,
          umap: npt.NDArray[np.floating] | None, folder: Path, log: Callable[[str], None]) -> dict[str, Any]:
    """Measure the views and find the clusters, whose columns are written into ``folder``.

    Parameters
    ----------
    run : Run
    dataset : Dataset
    means : array, shape (n, latent_dim)
        Codes of all items, training items first.
    pca : mapping, optional
        As `projections.pca` returns it.
    umap : array, shape (n, 2), optional
        The UMAP projection.
    folder : Path
    log : callable
        Called with a line of text about the result.

    Returns
    -------
    dict
        The manifest's entry ``structure``: ``layout``, of `views.measured`, or None for one or two dimensions, and
        ``clusters``, of `clusters.write`.
    """
    layout = None
    if pca is not None and len(means) > 2:  # of two items, no neighborhoods can be compared
        x, y = _most_active(run, means)
        views = [View({"kind": "dims", "x": x, "y": y}, means[:, [x, y]]),
                 View({"kind": "pca"}, projections.onto(pca, means))]
        if umap is not None:
            views.append(View({"kind": "umap"}, umap, inverse=False))
        classes = labels(dataset)
        layout = measured(means, views, None if classes is None else classes.indices)
    result = clusters.write(run, dataset, means, folder)
    if result is not None:
        counts = ", ".join(str(len(scale["clusters"])) for scale in result["scales"])
        log(f"Clusters, from coarse to fine: {counts}")
    return {"layout": layout, "clusters": result}


def _most_active(run: Run, means: npt.NDArray[np.floating]) -> list[int]:
    """Return the two dimensions that vary most, among those that are not discrete if there are two of these."""
    free = continuous((piece.kind, piece.size) for piece in run.model.shapes.layout)
    order = np.argsort(-means.var(axis=0, dtype="float64"), kind="stable").tolist()
    return [k for k in order if len(free) < 2 or k in free][:2]
