"""Which classes are separate in the latent space, which overlap, and what lies between two of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.neighbors import KNeighborsClassifier

from zukan import progress, spaces
from zukan.evaluation.confusion import Confusion, Overlap

if TYPE_CHECKING:
    from zukan.context import Piece

NEIGHBORS = 15
PAIRS = 5
CANDIDATES = 200  # pairs whose midpoint is looked at: all of up to 20 classes, else those that overlap most
AT_ONCE, VOTES = 4096, 1 << 24  # test items, and votes in memory, at once
MAX_TRAIN, MAX_TEST = 200_000, 50_000  # from larger sets, evenly spaced items are used


def classes(train_z: np.ndarray, train_y: np.ndarray, test_z: np.ndarray, test_y: np.ndarray,
            names: tuple[str, ...] | None = None, layout: Sequence[Piece] = ()) -> dict[str, Any]:
    """Classify the test items by their nearest neighbors in the latent space, and return statistics by class.

    Parameters
    ----------
    train_z, test_z : arrays, shapes (n, latent_dim) and (m, latent_dim)
        Posterior means.
    train_y, test_y : int arrays, shapes (n,) and (m,)
    names : tuple of str, optional
        Class names by label.
    layout : sequence of Piece, optional
        The pieces of z: centers and midpoints lie on its spheres and in its balls.

    Returns
    -------
    dict
        - ``neighbors``: k. ``voters``: number of training items among which the neighbors are searched.
        - ``knn_accuracy``: share of the test items whose k nearest training items vote for their class.
        - ``labels``, ``names``: the classes.
        - ``confusion``: the counts that are not zero, as `zukan.evaluation.confusion.Confusion.to_json` returns them.
          ``recall``: by class.
        - ``centers``: mean code of each class.
        - ``overlaps``: the pairs of classes that are confused most often. Each has ``a`` and ``b`` (indices into
          ``labels``), ``share`` (of the two classes' items that is assigned to the other class), ``midpoint``
          (between the two centers), ``reads_as`` (index of the class that the midpoint's neighbors vote for) and
          ``votes`` (share of the neighbors that do).
        - ``third``: in the same form, pairs with a third class at their midpoint, sorted by ``votes``; of more than 20
          classes, only the 200 pairs that overlap most are looked at.
    """
    train_z, train_y = (part[:: -(-len(train_z) // MAX_TRAIN)] for part in (train_z, train_y))
    test_z, test_y = (part[:: -(-len(test_z) // MAX_TEST)] for part in (test_z, test_y))
    labels = np.unique(np.concatenate([train_y, test_y]))
    classifier = KNeighborsClassifier(min(NEIGHBORS, len(train_z))).fit(train_z, np.searchsorted(labels, train_y))
    step = min(AT_ONCE, max(1, VOTES // len(labels)))
    starts = progress.steps("Classifying", range(0, len(test_z), step), len(test_z), lambda _: step)
    predicted = np.concatenate([classifier.predict(test_z[at : at + step]) for at in starts])
    confusion = Confusion.of(np.searchsorted(labels, test_y), predicted, len(labels))
    sizes = confusion.sizes
    centers = spaces.nearest(_centers(labels, train_z, train_y, test_z, test_y), layout)
    pairs = _midpoints(confusion.overlaps(CANDIDATES), centers, classifier, layout)
    return {
        "neighbors": classifier.n_neighbors,
        "voters": len(train_z),
        "knn_accuracy": float(confusion.correct.sum() / max(sizes.sum(), 1)),
        "labels": labels.tolist(),
        "names": [str(label) if names is None else names[label] for label in labels],
        "confusion": confusion.to_json(),
        "recall": (confusion.correct / np.maximum(sizes, 1)).tolist(),
        "centers": centers.tolist(),
        "overlaps": pairs[:PAIRS],
        "third": sorted((pair for pair in pairs if pair["reads_as"] not in {pair["a"], pair["b"]}),
                        key=lambda pair: -pair["votes"])[:PAIRS],
    }


def _centers(labels: np.ndarray, train_z: np.ndarray, train_y: np.ndarray, test_z: np.ndarray,
             test_y: np.ndarray) -> np.ndarray:
    """Return the mean training code of each class or, if it has no training items, its mean test code."""
    def sums(y: np.ndarray, values: np.ndarray | None) -> np.ndarray:
        return np.bincount(np.searchsorted(labels, y), weights=values, minlength=len(labels))

    by_split = []
    for z, y in ((train_z, train_y), (test_z, test_y)):
        count = sums(y, None)
        by_split.append((count, np.stack([sums(y, column) for column in z.T], axis=1) / np.maximum(count, 1)[:, None]))
    (count, train), (_, test) = by_split
    return np.where(count[:, None] > 0, train, test)


def _midpoints(pairs: list[Overlap], centers: np.ndarray, classifier: KNeighborsClassifier,
               layout: Sequence[Piece]) -> list[dict[str, Any]]:
    """Return each pair with the midpoint of its centers, and the class that the midpoint's neighbors vote for."""
    if not pairs:
        return []
    midpoints = np.concatenate([spaces.path(centers[pair.a], centers[pair.b], [0.5], layout) for pair in pairs])
    votes = classifier.predict_proba(midpoints)
    return [{**pair._asdict(), "midpoint": midpoint.tolist(), "reads_as": int(classifier.classes_[row.argmax()]),
             "votes": float(row.max())} for pair, midpoint, row in zip(pairs, midpoints, votes, strict=True)]
