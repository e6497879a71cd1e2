"""The distances between real and generated images, against SciPy and counts by hand; and their classifier."""

import keras
import numpy as np
import pytest
import scipy.linalg

from zukan.evaluation.generation import classifier as module
from zukan.evaluation.generation.classifier import Classifier
from zukan.evaluation.generation.compare import compare
from zukan.evaluation.generation.frechet import frechet
from zukan.evaluation.generation.neighbors import neighbors

GENERATOR = np.random.default_rng(0)
REAL = GENERATOR.normal(size=(60, 4)) @ GENERATOR.normal(size=(4, 4)) + 1.0
OTHER = GENERATOR.normal(size=(45, 4)) @ GENERATOR.normal(size=(4, 4))


def test_the_frechet_distance_agrees_with_a_matrix_root():
    first, second = np.cov(REAL.T), np.cov(OTHER.T)
    root = scipy.linalg.sqrtm(first @ second).real
    expected = ((REAL.mean(0) - OTHER.mean(0)) ** 2).sum() + np.trace(first + second - 2 * root)
    assert frechet(REAL, OTHER) == pytest.approx(expected, rel=1e-10)
    assert frechet(OTHER, REAL) == pytest.approx(expected, rel=1e-10)


def test_the_frechet_distance_of_normals_with_independent_elements():
    a, b = GENERATOR.normal(size=(2, 200, 3)) * [[[1.0]], [[3.0]]]
    a, b = ((x - x.mean(0)) @ np.linalg.inv(np.linalg.cholesky(np.cov(x.T)).T) for x in (a, b))  # covariance I exactly
    sigma, shift = np.array([0.5, 2.0, 3.0]), np.array([1.0, 0.0, -2.0])
    assert frechet(a, b * sigma + shift) == pytest.approx((shift**2).sum() + ((sigma - 1) ** 2).sum())


def test_features_that_are_constant_or_fewer_than_needed_are_no_problem():
    assert frechet(REAL, REAL) == pytest.approx(0.0, abs=1e-9)
    assert frechet(np.ones((5, 7)), np.ones((4, 7)) * 2) == pytest.approx(7.0)
    assert frechet(REAL[:3, :1], REAL[:3, :1] + 2) == pytest.approx(4.0)
    assert np.isfinite(frechet(REAL[:3], OTHER[:3]))


def by_hand(real, generated):
    """Return the four numbers by their definitions, item by item."""
    def radius(x, i, k):
        return sorted(np.linalg.norm(x[i] - x[j]) for j in range(len(x)) if j != i)[k - 1]

    def hits(points, centers, k):
        return [[np.linalg.norm(p - c) <= radius(centers, i, k) for i, c in enumerate(centers)] for p in points]

    balls = np.array(hits(generated, real, 5))
    return {"precision": np.mean([any(row) for row in hits(generated, real, 3)]),
            "recall": np.mean([any(row) for row in hits(real, generated, 3)]),
            "density": balls.sum() / 5 / len(generated), "coverage": balls.any(axis=0).mean()}


def test_neighbors_by_their_definitions(monkeypatch):
    expected = by_hand(REAL[:30], OTHER[:20])
    assert all(0 < value < 1 for value in expected.values()), expected
    assert neighbors(REAL[:30], OTHER[:20]) == pytest.approx(expected)
    monkeypatch.setattr("zukan.evaluation.generation.neighbors.AT_ONCE", 7)
    assert neighbors(REAL[:30], OTHER[:20]) == pytest.approx(expected)


def test_far_and_collapsed_sets():
    assert neighbors(REAL, REAL + 1e3) == {"precision": 0.0, "recall": 0.0, "density": 0.0, "coverage": 0.0}
    collapsed = neighbors(REAL, REAL[:1] + 1e-6 * GENERATOR.normal(size=(60, 4)))
    assert collapsed["precision"] == 1.0
    assert collapsed["recall"] <= 1 / 60
    assert collapsed["coverage"] < 0.5


def test_every_set_is_compared():
    result = compare(REAL, {"same": REAL, "other": OTHER})
    assert result["same"]["frechet"] == pytest.approx(0.0, abs=1e-9)
    assert result["other"] == {"frechet": frechet(REAL, OTHER), **neighbors(REAL, OTHER)}


@pytest.fixture(scope="module")
def data():
    labels = np.arange(120) % 3 * 10
    x = np.float32(GENERATOR.random((120, 6, 6, 1)) * 0.3)
    x[np.arange(120), labels // 10 * 2] += 0.7  # a bright row tells the class
    return x, labels


@pytest.fixture(scope="module")
def trained(data):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "STEPS", 60)
        return Classifier.trained(*data)


def test_the_classifier_learns_the_labels(trained, data):
    features, predicted = trained.apply(data[0])
    assert features.shape == (120, 128)
    assert (predicted == data[1]).mean() > 0.95
    assert trained.classes.tolist() == [0, 10, 20]


def test_the_same_data_gives_the_same_classifier_whatever_the_state_of_random_generators(data, monkeypatch):
    monkeypatch.setattr(module, "STEPS", 2)
    first = Classifier.trained(*data).apply(data[0])[0]
    keras.utils.set_random_seed(5)
    np.testing.assert_array_equal(Classifier.trained(*data).apply(data[0])[0], first)


def test_a_stored_classifier_is_the_same(trained, data, tmp_path):
    path = tmp_path / "c.npz"
    assert Classifier.load(path) is None
    trained.save(path, "key")
    for key in ("key", None):
        np.testing.assert_array_equal(Classifier.load(path, key).apply(data[0])[0], trained.apply(data[0])[0])
    assert Classifier.load(path, "other") is None
    path.write_bytes(path.read_bytes()[:5000])
    assert Classifier.load(path, "key") is None
