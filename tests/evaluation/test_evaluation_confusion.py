"""Confusion between classes, against dense counts."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zukan.evaluation.confusion import Confusion


def of(counts):
    true, predicted = np.nonzero(np.array(counts))
    return Confusion(len(counts), true, predicted, np.array(counts)[true, predicted])


def test_overlaps_are_shares_of_both_classes_the_largest_first():
    pairs = of([[7, 2, 1], [4, 6, 0], [0, 0, 20]]).overlaps(5)
    assert [(pair.a, pair.b) for pair in pairs] == [(0, 1), (0, 2), (1, 2)]
    assert [pair.share for pair in pairs] == pytest.approx([6 / 20, 1 / 30, 0.0])


def test_classes_without_items_do_not_overlap():
    assert of([[0, 0], [0, 0]]).overlaps(3) == [(0, 1, 0.0)]
    assert of([[5]]).overlaps(3) == []


@given(st.integers(1, 6).flatmap(lambda k: st.tuples(st.just(k), st.lists(
    st.tuples(st.integers(0, k - 1), st.integers(0, k - 1)), min_size=1, max_size=40), st.integers(1, 20))))
def test_everything_agrees_with_the_dense_matrix(case):
    k, items, limit = case
    truth, predicted = np.array(items).T
    confusion, dense = Confusion.of(truth, predicted, k), np.zeros((k, k), int)
    for cell in items:
        dense[cell] += 1
    assert np.array_equal(confusion.among(range(k)), dense)
    assert np.array_equal(confusion.sizes, dense.sum(axis=1))
    assert np.array_equal(confusion.correct, np.diag(dense))
    other, count = confusion.most_frequent_errors()
    wrong = np.where(np.eye(k, dtype=bool), 0, dense)
    assert np.array_equal(count, wrong.max(axis=1))
    assert np.array_equal(other, wrong.argmax(axis=1))
    sizes = dense.sum(axis=1)
    pairs = [(-(dense[a, b] + dense[b, a]) / max(sizes[a] + sizes[b], 1), b, a) for b in range(k) for a in range(b)]
    assert confusion.overlaps(limit) == [(a, b, -share) for share, b, a in sorted(pairs)[:limit]]
    chosen = list(range(0, k, 2))
    some = confusion.among(chosen)
    assert some.sum() == len(items)
    assert np.array_equal(some[: len(chosen), : len(chosen)], dense[np.ix_(chosen, chosen)])
    assert np.array_equal(some.sum(axis=1)[: len(chosen)], sizes[chosen])
    again = Confusion.from_json(confusion.to_json())
    assert all(np.array_equal(a, b) for a, b in zip(confusion, again, strict=True))
