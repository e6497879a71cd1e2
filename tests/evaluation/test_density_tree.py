"""Clusters agree with groups that are known, and a single group has none."""

import itertools

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from zukan.evaluation import density_tree
from zukan.evaluation.density_tree import clusters


def blobs(centers, each, seed=0):
    """Return normal codes around the centers, in random order, and the center of each."""
    draw = np.random.default_rng(seed)
    groups = draw.permutation(np.repeat(np.arange(len(centers)), each))
    return np.asarray(centers, float)[groups] + draw.normal(size=(len(groups), len(centers[0]))), groups


@pytest.mark.parametrize("dimensions", [2, 16])
@pytest.mark.parametrize("each", [60, 400])
def test_blobs_are_clusters(dimensions, each):
    centers = 12 * np.array([[0, 0], [1, 0], [0, 1], [1, 1], [2, 0.5]]) @ np.eye(2, dimensions)
    z, groups = blobs(centers, each)
    scales = clusters(z)
    assert adjusted_rand_score(groups, scales[0]) > 0.98
    assert all(labels.dtype == np.int64 and len(labels) == len(z) for labels in scales)


def test_fine_clusters_are_parts_of_coarse_ones():
    # Three groups, each of two that overlap: a valley parts them, but a shallow one.
    centers = [(x + step, 0.0) for x in (0, 40, 80) for step in (0, 3.0)]
    z, groups = blobs(centers, 900)
    scales = clusters(z)
    assert scales[0].max() + 1 == 3
    assert adjusted_rand_score(groups // 2, scales[0]) > 0.98
    assert adjusted_rand_score(groups, scales[-1]) > 0.7  # even the best border leaves 7 % on the wrong side
    for coarse, fine in itertools.pairwise(scales):
        assert fine.max() > coarse.max()
        assert all(len(np.unique(coarse[fine == k])) == 1 for k in range(fine.max() + 1))


def test_clusters_are_numbered_by_size():
    z, _ = blobs([(0, 0), (20, 0), (0, 20)], 200)
    sizes = np.bincount(clusters(np.concatenate([z, z[:150]]))[0])
    assert sizes.tolist() == sorted(sizes, reverse=True)


@pytest.mark.parametrize("dimensions", [2, 16])
@pytest.mark.parametrize("seed", range(2))
def test_one_group_has_no_clusters(dimensions, seed):
    assert clusters(np.random.default_rng(seed).normal(size=(1500, dimensions))) == []


@pytest.mark.parametrize("z", [np.zeros((500, 2)), np.random.default_rng(0).normal(size=(119, 2)),
                               blobs([(0.0,), (30.0,)], 300)[0]], ids=["equal", "few", "line"])
def test_what_has_no_clusters(z):
    assert clusters(z) == []


def test_a_small_group_belongs_to_its_neighbor(monkeypatch):
    z, groups = blobs([(0, 0), (9, 0)], 300)
    monkeypatch.setattr(density_tree, "SMALLEST", 0.6)
    assert clusters(z) == []
    monkeypatch.undo()
    assert adjusted_rand_score(groups, clusters(z)[0]) > 0.98


def test_islands_are_not_more_than_the_most_clusters():
    z, _ = blobs(100 * np.stack(np.meshgrid(range(9), range(9)), -1).reshape(-1, 2), 40)
    assert clusters(z)[0].max() + 1 == density_tree.MOST


def test_codes_outside_the_sample_have_the_cluster_of_the_nearest_one(monkeypatch):
    z, groups = blobs([(0, 0), (14, 0), (0, 14)], 700)
    monkeypatch.setattr(density_tree, "SAMPLE", 600)
    labels = clusters(z)[0]
    assert len(labels) == len(z)
    assert adjusted_rand_score(groups, labels) > 0.98
    assert np.array_equal(labels, clusters(z)[0])  # the sample has a fixed seed


def test_a_small_peak_joins_the_cluster_on_the_other_side_of_its_pass():
    # Along a line: a high peak, a pass, a peak, a pass that is hardly lower than the last, small peak.
    density, line = np.array([10, 5, 8, 3.9, 4]), np.arange(5)
    peaks, passes, islands = density_tree._climb(density, np.stack([line - 1, line + 1], 1).clip(0, 4))
    labels = density_tree._Merging(peaks, passes).merge(0.5)
    assert islands == [0]
    assert labels[4] == labels[2] != labels[0]  # although the high peak is the top of all of them
