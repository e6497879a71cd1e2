"""Items in files, and several joined."""

import os

import numpy as np
import pytest
from streamed_arrays import ARRAYS, RNG

from zukan import InputError, data
from zukan.data.lazy.items import ArrayItems, Items, JoinedItems


@pytest.mark.parametrize("change", [lambda path: path.unlink(), lambda path: path.write_bytes(path.read_bytes() + b"1"),
                                    lambda path: os.utime(path, (1, 1))])
def test_a_file_that_is_removed_or_changed(change, tmp_path):
    np.save(tmp_path / "a.npy", ARRAYS["bytes"])
    x = data.load(tmp_path / "a.npy", memory=1e-9).train.x
    change(tmp_path / "a.npy")
    with pytest.raises(InputError, match=r"a.npy' must not change while it is in use.*; restore it, and continue with zukan resume"):
        x.raw(slice(0, 3))


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 1e300])
def test_values_that_are_not_finite(bad, tmp_path):
    x = ARRAYS["double"].copy()
    x[77, 2] = bad
    np.save(tmp_path / "a.npy", x)
    with pytest.raises(InputError, match=r"a.npy must hold finite float32 values, got .* at index \(77, 2\)"):
        data.load(tmp_path / "a.npy", memory=1e-9)


def test_joined_items():
    x = ARRAYS["float"]
    joined = JoinedItems([ArrayItems(x[:20], "a"), ArrayItems(x[20:25], "b"), ArrayItems(x[25:], "c")])
    order = RNG.permutation(90)
    np.testing.assert_array_equal(joined[order], x[order])
    assert isinstance(joined, Items)
