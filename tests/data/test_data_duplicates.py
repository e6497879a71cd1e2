"""Repeated items, against a comparison of all pairs."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from zukan.data.duplicates import duplicates


@given(st.integers(1, 30), st.integers(1, 30), st.integers(0, 10**6))
@settings(max_examples=60, deadline=None)
def test_equal_to_comparing_all_pairs(n, m, seed):
    rng = np.random.default_rng(seed)
    train, test = (rng.integers(0, 3, (size, 2)).astype("float32") for size in (n, m))
    result = duplicates(train, test)

    def repeats(x):
        return sum(any((x[i] == x[j]).all() for j in range(i)) for i in range(len(x)))

    assert (result.train, result.test) == (repeats(train), repeats(test))
    first = {i: next((j for j in range(n) if (train[j] == test[i]).all()), None) for i in range(m)}
    assert dict(result.across) == {i: j for i, j in first.items() if j is not None}


def test_in_words():
    x = np.arange(6, dtype="float32").reshape(3, 2)
    assert duplicates(x, x[:0]).text([], []) == "0 within the training items, 0 within the test items, none in both"
    assert duplicates(x, x[1:]).text([10, 11, 12, 13], ["a", "b", "c"]).endswith("2 test items are also training items (test item a is training item 11)")
