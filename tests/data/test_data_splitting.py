"""The random split, as properties."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from zukan import data
from zukan.data.splitting import hold_out


@given(st.integers(2, 300), st.floats(0.001, 0.999), st.integers(0, 2**40))
@settings(deadline=None)
def test_split_is_a_partition(n, fraction, seed):
    train, test = (rows.tolist() for rows in hold_out(n, fraction, seed))
    assert sorted(train + test) == list(range(n))
    assert train == sorted(train)
    assert test == sorted(test)
    assert 1 <= len(test) <= n - 1
    assert abs(len(test) - fraction * n) <= 1
    assert hold_out(n, fraction, seed)[1].tolist() == test


def test_a_seed_always_gives_the_same_split():
    assert hold_out(12, 0.25, 0)[1].tolist() == [2, 3, 11]
    assert hold_out(12, 0.25, 1)[1].tolist() == [2, 4, 9]


def test_every_item_is_held_out_equally_often():
    counts = np.zeros(10)
    for seed in range(400):
        counts[hold_out(10, 0.3, seed)[1]] += 1
    assert np.all(np.abs(counts - 120) < 46)  # five standard deviations of a binomial (400, 0.3)


def test_items_and_labels_stay_together():
    n = 40
    x = np.arange(n, dtype=np.float32)[:, None] * np.ones((1, 2), np.float32)
    for seed in range(3):
        dataset = data.load((x, np.arange(n)), test_fraction=0.3, seed=seed)
        assert len(dataset.test) == 12
        for split in (dataset.train, dataset.test):
            np.testing.assert_array_equal(split.x[:, 0], split.y)
    assert not np.array_equal(data.load(x, seed=0).test.x, data.load(x, seed=1).test.x)
