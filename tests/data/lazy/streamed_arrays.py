"""Arrays of every dtype, and a comparison of streamed data with the same data in memory."""

import numpy as np

from zukan.data.duplicates import duplicates
from zukan.data.lazy.files import FileItems
from zukan.data.lazy.rows import Rows

RNG = np.random.default_rng(0)
ARRAYS = {"bytes": RNG.integers(0, 256, (90, 7, 5)).astype("u1"), "bool": RNG.random((90, 9)) < 0.5,
          "float": RNG.normal(size=(90, 9)).astype("f4"), "double": 1e3 * RNG.normal(size=(90, 9)),
          "half": RNG.normal(size=(90, 9)).astype("f2"), "other byte order": RNG.normal(size=(90, 5, 3, 2)).astype(">f4")}
LABELS = np.arange(90) % 3


def assert_same(streamed, whole, kind=FileItems):
    """Assert that both datasets are equal, and the first one is streamed."""
    assert isinstance(streamed.train.x, Rows)
    assert isinstance(streamed.train.x.items, kind)
    assert streamed.provenance == whole.provenance
    assert streamed.value_range == whole.value_range
    order = RNG.permutation(len(whole.train))
    for split, expected in ((streamed.train, whole.train), (streamed.test, whole.test)):
        assert split.x.shape == expected.x.shape
        assert (split.y is None) == (expected.y is None)
        assert split.y is None or np.array_equal(split.y, expected.y)
        for rows in (slice(None), slice(2, 9), slice(None, None, 4), order[order < len(expected)], -1, 0):
            np.testing.assert_array_equal(split.x[rows], expected.x[rows])
        raw = split.x.raw(slice(None))
        values = split.x.levels[raw] if raw.dtype == np.uint8 else raw.astype("f4")
        np.testing.assert_array_equal(values, expected.x)
    assert duplicates(streamed.train.x, streamed.test.x) == duplicates(whole.train.x, whole.test.x)
