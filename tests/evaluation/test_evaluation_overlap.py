"""The overlap of classes."""

import pytest

from zukan.evaluation.overlap import overlaps


def test_overlaps_are_shares_of_both_classes_the_largest_first():
    pairs = overlaps([[7, 2, 1], [4, 6, 0], [0, 0, 20]])
    assert [(pair.a, pair.b) for pair in pairs] == [(0, 1), (0, 2), (1, 2)]
    assert [pair.share for pair in pairs] == pytest.approx([6 / 20, 1 / 30, 0.0])


def test_classes_without_items_do_not_overlap():
    assert overlaps([[0, 0], [0, 0]]) == [(0, 1, 0.0)]
    assert overlaps([[5]]) == []
