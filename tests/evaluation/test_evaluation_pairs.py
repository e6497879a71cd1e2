"""The pair of items that shows what lies between."""

import numpy as np
import pytest

from zukan.evaluation.pairs import unlike_pair


def test_two_classes():
    assert unlike_pair(np.array([2, 2, 0, 1]), np.zeros((4, 2))) == (0, 2)
    assert unlike_pair(np.array(["b", "a"]), np.zeros((2, 2))) == (0, 1)


@pytest.mark.parametrize("y", [None, np.zeros(101, int)])
def test_without_classes_the_codes_are_far_apart_but_no_outliers(y):
    z = np.random.default_rng(0).normal(size=(101, 3)) * [0.1, 9, 0.1]
    first, second = unlike_pair(y, z)
    ranks = np.argsort(np.argsort(z[:, 1]))[[first, second]]
    assert sorted(ranks) == pytest.approx([5, 95], abs=2)


def test_few_or_equal_items():
    assert unlike_pair(None, np.zeros((1, 2))) is None
    assert unlike_pair(None, np.zeros((2, 2))) == (0, 1)
    first, second = unlike_pair(None, np.zeros((9, 2)))
    assert first != second
