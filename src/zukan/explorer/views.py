"""How well each view of the codes keeps their neighborhoods and separates their classes; the best one opens first."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from zukan.evaluation.averages import evenly
from zukan.evaluation.neighborhoods import neighborhoods

MEASURED, VOTING = 1500, 10_000  # items at most: trustworthiness compares all pairs
NEIGHBORS = 15
MARGIN = 0.02  # by which a view without an inverse must be better, since the map then shows no decoded images


class View(NamedTuple):
    """A view: what the page calls it, the places of all items, and whether places can be decoded."""

    spec: dict[str, Any]
    points: npt.NDArray[np.floating]
    inverse: bool = True


def measured(means: npt.NDArray[np.floating], views: list[View],
             labels: npt.NDArray[np.int64] | None) -> dict[str, Any]:
    """Return the measures of the views, the view that separates best first.

    Parameters
    ----------
    means : array, shape (n, latent_dim)
        Codes.
    views : list of View
    labels : int array, shape (n,), optional

    Returns
    -------
    dict
        ``criterion``: "accuracy" if there are labels, else "trustworthiness". ``items``: the number of items for which
        the trustworthiness was measured. ``views``: the ``spec`` of each view with its ``trustworthiness``
        (doi:10.1007/3-540-44668-0_68) and ``accuracy``: the share of items that have the most frequent class of their
        15 neighbors in the view, or None.
    """
    some, voting = evenly(len(means), MEASURED), evenly(len(means), VOTING)
    criterion = "trustworthiness" if labels is None else "accuracy"
    ranked = []
    for view in views:
        share = None if labels is None else accuracy(view.points[voting], labels[voting])
        trust = neighborhoods(means[some], view.points[some])["trustworthiness"]
        better = (trust if share is None else share) - (0 if view.inverse else MARGIN)
        ranked.append((better, {**view.spec, "trustworthiness": trust, "accuracy": share}))
    ranked.sort(key=lambda pair: pair[0], reverse=True)
    return {"criterion": criterion, "items": len(some), "views": [record for _, record in ranked]}


def accuracy(points: npt.NDArray[np.floating], labels: npt.NDArray[np.int64]) -> float:
    """Return the share of points that have the most frequent label of their 15 nearest neighbors."""
    from sklearn.neighbors import NearestNeighbors  # noqa: PLC0415 slow to import

    near = NearestNeighbors(n_neighbors=min(NEIGHBORS, len(points) - 1)).fit(points).kneighbors(return_distance=False)
    near = np.sort(labels[near], axis=1)  # of two equally frequent classes, the first one counts
    votes = (near[:, :, None] == near[:, None, :]).sum(axis=2)  # also of thousands of classes, a few for each point
    return float((near[np.arange(len(near)), votes.argmax(axis=1)] == labels).mean())
