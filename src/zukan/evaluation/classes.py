"""Which classes lie apart in the latent space, which overlap, and what lies between two of them."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.neighbors import KNeighborsClassifier

NEIGHBOURS = 15
PAIRS = 5
VOTERS, ASKED = 200_000, 50_000  # training and test items at most; of more, so many spread evenly


def classes(train_z: np.ndarray, train_y: np.ndarray, test_z: np.ndarray, test_y: np.ndarray,
            names: tuple[str, ...] | None = None) -> dict[str, Any]:
    """Return what a nearest-neighbour vote among latent means says about the classes.

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
        ``neighbours``: k. ``voters``: training items among which they are. ``knn_accuracy``: share of test means whose
        k nearest training means vote for their class.
        ``labels``, ``names``. ``confusion``: counts, true class by row. ``recall`` by class. ``centres``: mean code by
        class. ``overlaps``: the pairs most often taken for each other, each with ``a``, ``b`` (indices into
        ``labels``), ``share`` of the two classes' items that is taken for the other, ``midpoint`` between their
        centres, ``reads_as`` (index of the class of the midpoint's neighbours) and ``votes`` (its share of them).
        ``third``: in the same form, the pairs with a third class in their middle, the clearest first.
    """
    train_z, train_y = (part[:: -(-len(train_z) // VOTERS)] for part in (train_z, train_y))
    test_z, test_y = (part[:: -(-len(test_z) // ASKED)] for part in (test_z, test_y))
    labels = np.unique(np.concatenate([train_y, test_y]))
    vote = KNeighborsClassifier(min(NEIGHBOURS, len(train_z))).fit(train_z, np.searchsorted(labels, train_y))
    truth = np.searchsorted(labels, test_y)
    confusion = np.zeros((len(labels), len(labels)), int)
    np.add.at(confusion, (truth, vote.predict(test_z)), 1)
    sizes = confusion.sum(axis=1)
    centres = np.stack([train_z[train_y == label].mean(axis=0) if (train_y == label).any()
                        else test_z[test_y == label].mean(axis=0) for label in labels])
    taken = (confusion + confusion.T) / np.maximum(sizes[:, None] + sizes[None, :], 1)
    pairs = sorted(((a, b) for b in range(len(labels)) for a in range(b)), key=lambda pair: -taken[pair])
    between = [_between(a, b, float(taken[a, b]), centres, vote) for a, b in pairs]
    return {
        "neighbours": vote.n_neighbors,
        "voters": len(train_z),
        "knn_accuracy": float(np.trace(confusion) / max(sizes.sum(), 1)),
        "labels": labels.tolist(),
        "names": [str(label) if names is None else names[label] for label in labels],
        "confusion": confusion.tolist(),
        "recall": (np.diag(confusion) / np.maximum(sizes, 1)).tolist(),
        "centres": centres.tolist(),
        "overlaps": between[:PAIRS],
        "third": sorted((pair for pair in between if pair["reads_as"] not in {pair["a"], pair["b"]}),
                        key=lambda pair: -pair["votes"])[:PAIRS],
    }


def _between(a: int, b: int, share: float, centres: np.ndarray, vote: KNeighborsClassifier) -> dict[str, Any]:
    midpoint = (centres[a] + centres[b]) / 2
    votes = vote.predict_proba(midpoint[None])[0]
    reads_as = int(vote.classes_[votes.argmax()])
    return {"a": a, "b": b, "share": share, "midpoint": midpoint.tolist(), "reads_as": reads_as,
            "votes": float(votes.max())}
