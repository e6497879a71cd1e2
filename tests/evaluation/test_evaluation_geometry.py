"""Separation of classes and neighborhoods of a map, against brute force."""

import numpy as np
import pytest

from zukan.evaluation.neighborhoods import NEIGHBORS, neighborhoods
from zukan.evaluation.separation import separation


def distances(points):
    flat = points.reshape(len(points), -1)
    return np.sqrt(((flat[:, None] - flat[None]) ** 2).sum(-1))


def trust(x, points, k):
    """Return the trustworthiness by its definition: items that come near on the map cost their rank in the data."""
    n = len(x)
    ranks = distances(x).argsort(axis=1, kind="stable").argsort(axis=1)
    cost = sum(ranks[i, j] - k for i, row in enumerate(distances(points).argsort(axis=1)) for j in row[1 : k + 1]
               if ranks[i, j] > k)
    return 1 - 2 * cost / (n * k * (2 * n - 3 * k - 1))


def test_trustworthiness_and_continuity_by_their_definitions():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(60, 3, 2))
    points = x.reshape(60, 6)[:, :2] + 0.3 * rng.normal(size=(60, 2))
    result = neighborhoods(x, points)
    assert result["neighbors"] == NEIGHBORS
    assert result["trustworthiness"] == pytest.approx(trust(x, points, NEIGHBORS))
    assert result["continuity"] == pytest.approx(trust(points, x, NEIGHBORS))
    assert abs(result["trustworthiness"] - result["continuity"]) > 0.005
    assert neighborhoods(x, 3 * x.reshape(60, 6))["trustworthiness"] == 1.0


def test_few_items_have_fewer_neighbors():
    x = 2.0 ** np.arange(7)[:, None]
    assert neighborhoods(x, x) == {"trustworthiness": 1.0, "continuity": 1.0, "neighbors": 3}


def silhouette(z, y):
    apart = distances(z)
    scores = []
    for i in range(len(z)):
        means = {c: apart[i, (y == c) & (np.arange(len(z)) != i)].mean() for c in np.unique(y)}
        own, other = means.pop(y[i]), min(means.values())
        scores.append((other - own) / max(own, other))
    return np.mean(scores)


def blobs(seed, centers, n=40):
    rng = np.random.default_rng(seed)
    y = np.arange(n) % len(centers)
    return np.asarray(centers)[y] + 0.4 * rng.normal(size=(n, 2)), y


def test_separation_of_blobs():
    centers = [[0.0, 0.0], [3.0, 0.0], [0.0, 3.0]]
    train, test = blobs(0, centers, 90), blobs(1, centers)
    result = separation(*train, *test)
    assert result["silhouette"] == pytest.approx(silhouette(*test), rel=1e-6)
    assert result["linear_probe"] == 1.0
    assert result["five_neighbors"] == 1.0


def test_a_linear_probe_cannot_read_what_neighbors_can():
    corners, y = blobs(0, [[0.0, 0.0], [3.0, 0.0], [3.0, 3.0], [0.0, 3.0]], 200)
    result = separation(corners[:120], y[:120] % 2, corners[120:], y[120:] % 2)
    assert result["five_neighbors"] > 0.95
    assert result["linear_probe"] < 0.7
    assert result["silhouette"] < 0.25


def test_one_class_has_no_silhouette_and_no_probe():
    z = np.random.default_rng(0).normal(size=(12, 2))
    assert separation(z, np.zeros(12, int), z, np.zeros(12, int)) == {"five_neighbors": 1.0}
