"""Statistics of the classes against scipy, scikit-learn and hand-made cases."""

import json

import numpy as np
import pytest
from scipy.spatial import cKDTree
from sklearn.metrics import confusion_matrix

from zukan.evaluation.classes import NEIGHBORS, classes
from zukan.evaluation.confusion import Confusion


def clusters(centers, n, seed=0, spread=0.3):
    rng = np.random.default_rng(seed)
    y = np.repeat(np.arange(len(centers)), n)
    return np.asarray(centers, float)[y] + spread * rng.standard_normal((len(y), len(centers[0]))), y


def dense(result):
    return Confusion.from_json(result["confusion"]).among(range(len(result["labels"])))


def test_separate_clusters():
    train_z, train_y = clusters([[0, 0], [10, 0], [0, 10]], 30)
    test_z, test_y = clusters([[0, 0], [10, 0], [0, 10]], 7, seed=1)
    result = classes(train_z, train_y, test_z, test_y, ("a", "b", "c"))
    assert result["knn_accuracy"] == 1.0
    assert np.array_equal(dense(result), 7 * np.eye(3))
    assert result["recall"] == [1.0, 1.0, 1.0]
    assert (result["names"], result["labels"]) == (["a", "b", "c"], [0, 1, 2])
    assert np.allclose(result["centers"], [[0, 0], [10, 0], [0, 10]], atol=0.3)
    assert [pair["share"] for pair in result["overlaps"]] == [0.0, 0.0, 0.0]


def test_classes_against_a_direct_computation():
    train_z, train_y = clusters([[0, 0], [1, 0], [0, 1], [3, 3]], 60, spread=0.8)
    test_z, test_y = clusters([[0, 0], [1, 0], [0, 1], [3, 3]], 40, seed=1, spread=0.8)
    result = classes(train_z, train_y, test_z, test_y)
    _, nearest = cKDTree(train_z).query(test_z, k=NEIGHBORS)
    vote = np.array([np.bincount(train_y[rows], minlength=4).argmax() for rows in nearest])
    expected = confusion_matrix(test_y, vote)
    assert result["neighbors"] == NEIGHBORS == 15
    assert result["knn_accuracy"] == pytest.approx((vote == test_y).mean())
    assert 0.3 < result["knn_accuracy"] < 0.95
    assert np.array_equal(dense(result), expected)
    assert result["recall"] == pytest.approx(np.diag(expected) / 40)
    shares = {(a, b): (expected[a, b] + expected[b, a]) / 80 for a in range(4) for b in range(a + 1, 4)}
    assert [pair["share"] for pair in result["overlaps"]] == pytest.approx(sorted(shares.values(), reverse=True)[:5])
    for pair in result["overlaps"]:
        assert pair["share"] == pytest.approx(shares[pair["a"], pair["b"]])
    for label in range(4):
        assert np.allclose(result["centers"][label], train_z[train_y == label].mean(axis=0))


def test_a_third_class_between_two_classes():
    """The third class is halfway between the other two, like an 8 between a 1 and a 5."""
    train_z, train_y = clusters([[-4, 0], [4, 0], [0, 0]], 40)
    result = classes(train_z, train_y, train_z, train_y)
    pair = next(pair for pair in result["overlaps"] if (pair["a"], pair["b"]) == (0, 1))
    assert np.allclose(pair["midpoint"], [0, 0], atol=0.2)
    assert (pair["reads_as"], pair["votes"]) == (2, 1.0)


def test_labels_that_are_not_consecutive_and_a_class_in_one_split_only():
    train_z, train_y = clusters([[0, 0], [9, 0], [0, 9]], 20)
    labels = np.array([3, 7, 40])
    test_z = np.array([[0, 0], [9, 0], [9, 9.0]])
    result = classes(train_z, labels[train_y], test_z, np.array([3, 7, 99]))
    assert result["labels"] == [3, 7, 40, 99]
    assert result["names"] == ["3", "7", "40", "99"]
    confusion = dense(result)
    assert confusion[0, 0] == confusion[1, 1] == 1
    assert confusion[2].sum() == 0
    assert confusion[3, 3] == 0
    assert result["knn_accuracy"] == pytest.approx(2 / 3)
    assert np.allclose(result["centers"][3], [9, 9])
    assert all(0 <= pair["reads_as"] < 4 for pair in result["overlaps"])


def test_the_vote_at_the_midpoint_when_a_class_has_no_training_items():
    train_z, train_y = clusters([[0, 0], [8, 0]], 20)
    result = classes(train_z, np.array([1, 2])[train_y], np.zeros((1, 2)), np.array([0]))
    pair = next(pair for pair in result["overlaps"] if (pair["a"], pair["b"]) == (0, 1))
    assert result["labels"][pair["reads_as"]] == 1


def test_one_class_and_few_items():
    result = classes(np.zeros((3, 2)), np.zeros(3, int), np.zeros((2, 2)), np.zeros(2, int))
    assert result["neighbors"] == 3
    assert result["knn_accuracy"] == 1.0
    assert result["overlaps"] == []


def test_many_classes_need_no_work_for_every_pair():
    """Case 38: the work and the results grow with the items and the classes, not with the pairs of classes."""
    rng, k = np.random.default_rng(0), 3000
    train, test, y = rng.random((2 * k, 2)), rng.random((k, 2)), np.arange(k)
    result = classes(train, np.tile(y, 2), test, y)
    assert len(result["confusion"]["counts"]) <= k
    assert len(result["overlaps"]) == 5
    for pair in result["overlaps"]:
        assert np.allclose(pair["midpoint"], np.mean([train[[pair["a"], pair["a"] + k]], train[[pair["b"], pair["b"] + k]]], (0, 1)))
    assert len(json.dumps(result)) < 1_000_000


def test_votes_in_pieces_are_the_same(monkeypatch):
    train_z, train_y = clusters([[0, 0], [1, 0], [0, 1]], 30, spread=0.8)
    whole = classes(train_z, train_y, train_z, train_y)
    monkeypatch.setattr("zukan.evaluation.classes.VOTES", 20)
    assert classes(train_z, train_y, train_z, train_y) == whole


def test_results_are_json():
    train_z, train_y = clusters([[0, 0], [1, 0]], 10)
    result = classes(train_z.astype("float32"), train_y, train_z.astype("float32"), train_y)
    assert json.loads(json.dumps(result)) == result
