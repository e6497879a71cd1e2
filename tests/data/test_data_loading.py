"""What `load` takes and returns."""

import dataclasses
import subprocess
import sys

import numpy as np
import pytest

from zukan import data
from zukan.checks import InputError


def test_a_dataset_cannot_be_changed_and_is_equal_to_itself():
    dataset = data.load(np.zeros((2, 2)))
    with pytest.raises(dataclasses.FrozenInstanceError):
        dataset.name = "other"
    with pytest.raises(dataclasses.FrozenInstanceError):
        dataset.train.x = None
    assert dataset == dataset  # noqa: PLR0124  # field-wise equality of arrays would raise
    assert hash(dataset)


def test_fingerprint_depends_on_bytes_dtype_and_shape():
    def sha(x):
        return data.load(x).provenance["sha256"]
    base = np.zeros((4, 6), np.float32)
    changed = base.copy()
    changed[0, 0] = 1
    others = [changed, base.astype(np.float64), base.reshape(6, 4), (base, np.zeros(4, np.int64))]
    assert len({sha(base), *map(sha, others)}) == 5
    assert sha(base) == sha(np.asfortranarray(base)) == sha(np.repeat(base, 2, axis=0)[::2])


def test_split_seed_goes_before_seed():
    x = np.random.default_rng(0).random((30, 2))
    by_seed, by_split_seed = data.load(x, seed=3), data.load(x, seed=5, split_seed=3)
    np.testing.assert_array_equal(by_seed.test.x, by_split_seed.test.x)
    assert by_seed.provenance == by_split_seed.provenance


def test_items_need_the_features_that_the_scaling_was_fitted_to():
    scaling = data.load(np.random.default_rng(0).random((9, 3)), scaling="standard").scaling
    with pytest.raises(InputError, match=r"must have 3 features, .* got items of shape \(2,\); give the same features"):
        data.items(np.ones((4, 2)), scaling=scaling)


def test_options_are_imported_without_numpy():
    """The command line's --help needs them."""
    code = "import sys, zukan.data.options; sys.exit(bool({'numpy', 'PIL'} & sys.modules.keys()))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_public_names():
    assert all(callable(getattr(data, name)) for name in data.__all__)
    assert set(data.__all__) <= set(dir(data))
    with pytest.raises(AttributeError, match="no attribute 'gather'"):
        data.gather  # noqa: B018
