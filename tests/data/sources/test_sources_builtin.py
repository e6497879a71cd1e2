"""Built-in sets: known facts about MNIST, from the literature and from the digests of the file; and Keras's sets."""

import hashlib
import re
import sys
from importlib import resources
from types import SimpleNamespace

import numpy as np
import pytest

from zukan import data
from zukan.checks import InputError
from zukan.data.sources.builtin import NAMES

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
        "scaling": "uint8 divided by 255", "split": "as given", "dtype": "uint8"}


def test_the_licence_notice_states_the_digests_of_the_file():
    notice = PACKAGE.joinpath("mnist.LICENSE.md").read_text(encoding="utf-8")
    stated = dict(re.findall(r"\| `(\w+)` \|.*`(\w{64})`", notice))
    with PACKAGE.joinpath("mnist.npz").open("rb") as file, np.load(file) as arrays:
        assert stated == {name: hashlib.sha256(arrays[name].tobytes()).hexdigest() for name in arrays}
    assert "creativecommons.org/licenses/by-sa/3.0" in notice


def test_mnist_needs_no_keras(monkeypatch):
    monkeypatch.setitem(sys.modules, "keras", None)  # importing it raises
    assert data.load("mnist").name == "mnist"


def test_reprs_are_short(mnist):
    assert repr(mnist) == ("Dataset('mnist', 60000 train + 10000 test, event_shape=(28, 28, 1), "
                           "values 0 to 1, 10 classes)")
    assert repr(mnist.train) == "Split(x=float32 (60000, 28, 28, 1), y=int64 (60000,))"


def fake_keras(monkeypatch, name, load):
    datasets = SimpleNamespace(**{name: SimpleNamespace(load_data=load)})
    monkeypatch.setitem(sys.modules, "keras", SimpleNamespace(datasets=datasets))


def test_keras_has_the_sets():
    import keras  # only after zukan has set the backend

    assert all(callable(getattr(keras.datasets, name).load_data) for name in NAMES if name not in {"mnist", "shapes"})


def test_keras_set(monkeypatch):
    images = np.random.default_rng(1).integers(0, 256, (6, 32, 32, 3), dtype=np.uint8)
    column = np.array([[6], [9], [9], [4], [1], [1]], dtype=np.uint8)
    fake_keras(monkeypatch, "cifar10", lambda: ((images[:4], column[:4]), (images[4:], column[4:])))
    dataset = data.load("cifar10")
    assert dataset.name == dataset.provenance["source"] == "cifar10"
    assert dataset.event_shape == (32, 32, 3)
    assert dataset.train.y.tolist() == [6, 9, 9, 4]


def test_keras_set_without_a_network(monkeypatch):
    def load():
        raise Exception("URL fetch failure on https://example.org/x.gz: None -- Name not known")  # noqa: TRY002  # as Keras does

    fake_keras(monkeypatch, "fashion_mnist", load)
    with pytest.raises(InputError, match=r"must be downloaded.*URL fetch failure.*'mnist'") as caught:
        data.load("fashion_mnist")
    assert "\n" not in str(caught.value)
