"""Which items are shown."""

import numpy as np
import pytest

from zukan.evaluation.selection import few_of_each


@pytest.mark.parametrize(("y", "count", "expected"), [
    ([0] * 6 + [1] * 6 + [2] * 6, 6, [0, 1, 6, 7, 12, 13]),
    ([0] * 6 + [1] * 6 + [2] * 6, 5, [0, 1, 6, 7, 12]),
    ([7, 2, 1, 0, 4, 1, 4, 9], 6, [0, 1, 2, 3, 4, 7]),
    ([5, 5, 5, 3], 3, [0, 1, 3]),
    ([1, 1], 9, [0, 1]),
    (None, 3, [0, 1, 2])])
def test_few_of_each(y, count, expected):
    n = 9 if y is None else len(y)
    assert few_of_each(None if y is None else np.array(y), count, n).tolist() == expected


def test_text_labels():
    assert few_of_each(np.array(["b", "b", "a"]), 2, 3).tolist() == [0, 2]
