"""MNIST as it ships: known facts about the set, from the literature and from the file's own digests."""

import hashlib
import re
import sys
from importlib import resources

import numpy as np
import pytest

from zukan import data

PACKAGE = resources.files("zukan.data")


@pytest.fixture(scope="module")
def mnist():
    return data.load("mnist")


def test_shapes_and_dtypes(mnist):
    assert mnist.train.x.shape == (60000, 28, 28, 1)
    assert mnist.test.x.shape == (10000, 28, 28, 1)
    assert mnist.event_shape == (28, 28, 1)
    assert (len(mnist.train), len(mnist.test)) == (60000, 10000)
    assert mnist.train.x.dtype == mnist.test.x.dtype == np.float32
    assert mnist.train.y.dtype == mnist.test.y.dtype == np.int64
    assert mnist.train.y.shape == (60000,)


def test_known_labels(mnist):
    assert mnist.train.y[:5].tolist() == [5, 0, 4, 1, 9]
    assert mnist.test.y[:5].tolist() == [7, 2, 1, 0, 4]
    assert np.bincount(mnist.train.y).tolist() == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    assert mnist.class_names is None


def test_known_pixels(mnist):
    assert mnist.train.x.mean(dtype=np.float64) == pytest.approx(0.1306604763, abs=1e-8)
    assert np.rint(mnist.test.x * 255).sum(dtype=np.int64) == 264923200
    assert mnist.value_range == (0.0, 1.0)


def test_provenance(mnist):
    assert mnist.provenance == {
        "source": "mnist", "sha256": "e5ea4841dd6fde90b155843179ce5756a4864227194eec7fb09d7cfc4cf702a5",
        "scaling": "uint8 divided by 255", "split": "as given"}


def test_the_licence_notice_states_the_digests_of_the_file():
    notice = PACKAGE.joinpath("mnist.LICENSE.md").read_text(encoding="utf-8")
    stated = dict(re.findall(r"\| `(\w+)` \|.*`(\w{64})`", notice))
    with PACKAGE.joinpath("mnist.npz").open("rb") as file, np.load(file) as arrays:
        assert stated == {name: hashlib.sha256(arrays[name].tobytes()).hexdigest() for name in arrays}
    assert "creativecommons.org/licenses/by-sa/3.0" in notice


def test_needs_no_keras(monkeypatch):
    monkeypatch.setitem(sys.modules, "keras", None)  # an import of it would raise
    assert data.load("mnist").name == "mnist"


def test_reprs_are_short(mnist):
    assert repr(mnist) == ("Dataset('mnist', 60000 train + 10000 test, event_shape=(28, 28, 1), "
                           "values 0 to 1, 10 classes)")
    assert repr(mnist.train) == "Split(x=float32 (60000, 28, 28, 1), y=int64 (60000,))"
