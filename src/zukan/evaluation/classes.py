"""Which classes are separate in the latent space, which overlap, and what lies between two of them."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.neighbors import KNeighborsClassifier

from zukan.evaluation.overlap import Overlap, overlaps

NEIGHBORS = 15
PAIRS = 5
MAX_TRAIN, MAX_TEST = 200_000, 50_000  # from larger sets, evenly spaced items are used


def classes(train_z: np.ndarray, train_y: np.ndarray, test_z: np.ndarray, test_y: np.ndarray,
            names: tuple[str, ...] | None = None) -> dict[str, Any]:
    """Classify the test items by their nearest neighbors in the latent space, and return statistics by class.

    Parameters
    ----------
    train_z, test_z : arrays, shapes (n, latent_dim) and (m, latent_dim)
        Posterior means.
    train_y, test_y : int arrays, shapes (n,) and (m,)
    names : tuple of str, optional
        Class names by label.

    Returns
    -------
    dict
        - ``neighbours``: k. ``voters``: number of training items among which the neighbors are searched.
        - ``knn_accuracy``: share of the test items whose k nearest training items vote for their class.
        - ``labels``, ``names``: the classes.
        - ``confusion``: counts, with the true class by row. ``recall``: by class.
        - ``centres``: mean code of each class.
        - ``overlaps``: the pairs of classes that are confused most often. Each has ``a`` and ``b`` (indices into
          ``labels``), ``share`` (of the two classes' items that is assigned to the other class), ``midpoint``
          (between the two centers), ``reads_as`` (index of the class that the midpoint's neighbors vote for) and
          ``votes`` (share of the neighbors that do).
        - ``third``: in the same form, the pairs with a third class at their midpoint, sorted by ``votes``.
    """
    train_z, train_y = (part[:: -(-len(train_z) // MAX_TRAIN)] for part in (train_z, train_y))
    test_z, test_y = (part[:: -(-len(test_z) // MAX_TEST)] for part in (test_z, test_y))
    labels = np.unique(np.concatenate([train_y, test_y]))
    classifier = KNeighborsClassifier(min(NEIGHBORS, len(train_z))).fit(train_z, np.searchsorted(labels, train_y))
    truth = np.searchsorted(labels, test_y)
    confusion = np.zeros((len(labels), len(labels)), int)
    np.add.at(confusion, (truth, classifier.predict(test_z)), 1)
    sizes = confusion.sum(axis=1)
    centers = np.stack([train_z[train_y == label].mean(axis=0) if (train_y == label).any()
                        else test_z[test_y == label].mean(axis=0) for label in labels])
    pairs = [_midpoint(pair, centers, classifier) for pair in overlaps(confusion)]
    return {
        "neighbours": classifier.n_neighbors,
        "voters": len(train_z),
        "knn_accuracy": float(np.trace(confusion) / max(sizes.sum(), 1)),
        "labels": labels.tolist(),
        "names": [str(label) if names is None else names[label] for label in labels],
        "confusion": confusion.tolist(),
        "recall": (np.diag(confusion) / np.maximum(sizes, 1)).tolist(),
        "centres": centers.tolist(),
        "overlaps": pairs[:PAIRS],
        "third": sorted((pair for pair in pairs if pair["reads_as"] not in {pair["a"], pair["b"]}),
                        key=lambda pair: -pair["votes"])[:PAIRS],
    }


def _midpoint(pair: Overlap, centers: np.ndarray, classifier: KNeighborsClassifier) -> dict[str, Any]:
    """Return the pair with the midpoint of its centers, and the class that the midpoint's neighbors vote for."""
    midpoint = (centers[pair.a] + centers[pair.b]) / 2
    votes = classifier.predict_proba(midpoint[None])[0]
    reads_as = int(classifier.classes_[votes.argmax()])
    return {**pair._asdict(), "midpoint": midpoint.tolist(), "reads_as": reads_as, "votes": float(votes.max())}
