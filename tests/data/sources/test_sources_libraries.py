"""Data sets of torch, TensorFlow and Keras."""

from types import SimpleNamespace

import numpy as np
import pytest
from image_items import X, Y, arrays

from zukan import data
from zukan.data.sources import libraries


def test_keras_batches():
    import keras

    class Batches(keras.utils.PyDataset):
        num_batches = 4

        def __getitem__(self, index):
            return X[index * 3 : index * 3 + 3], Y[index * 3 : index * 3 + 3]

    result = arrays(Batches())
    np.testing.assert_array_equal(result["x"], X)
    assert result["y"].tolist() == Y.tolist()


def test_torch():
    torch = pytest.importorskip("torch")
    from torch.utils.data import DataLoader, IterableDataset, TensorDataset

    first = torch.from_numpy(X / np.float32(255)).permute(0, 3, 1, 2)
    dataset = TensorDataset(first, torch.from_numpy(Y))
    for source in (dataset, DataLoader(dataset, batch_size=4)):
        result = arrays(source)
        np.testing.assert_array_equal(result["x"], X / np.float32(255))
        assert result["y"].tolist() == Y.tolist()
    assert "(channels, height, width)" in data.load(dataset).notes[0]

    class Stream(IterableDataset):
        def __iter__(self):
            return iter(X)

    np.testing.assert_array_equal(arrays(Stream())["x"], X)


def test_tensorflow():
    tf = pytest.importorskip("tensorflow")
    whole = tf.data.Dataset.from_tensor_slices((X, Y))
    for source in (whole, whole.batch(4), whole.batch(5, drop_remainder=True)):
        result = arrays(source)
        np.testing.assert_array_equal(result["x"], X)
        assert result["y"].tolist() == Y.tolist()
    vectors = tf.data.Dataset.from_tensor_slices(X.reshape(10, -1))
    for source in (vectors, vectors.batch(3)):
        np.testing.assert_array_equal(arrays(source)["x"], X.reshape(10, -1))


class Shape(tuple):
    """Like a shape of TensorFlow, which is true even for a scalar."""

    __slots__ = ()
    rank = property(len)

    def __bool__(self):
        return True


SPECS = {  # shapes of item and label, class, whether it yields batches
    "images": ((28, 28, 1), (), "_MapDataset", False), "batches of images": ((None, 28, 28, 1), (None,), "_MapDataset", True),
    "images of any size": ((None, None, 1), (), "_MapDataset", False), "images of any size without labels": ((None, None, 1), None, "_MapDataset", False),
    "vectors": ((20,), (), "_MapDataset", False), "vectors with one-hot labels": ((20,), (10,), "_MapDataset", False),
    "batches of vectors": ((None, 20), None, "_MapDataset", True), "full batches of vectors": ((32, 20), (32,), "_MapDataset", True),
    "full batches of vectors without labels": ((32, 20), None, "_BatchDataset", True), "grey images": ((28, 28), (), "_MapDataset", False),
}


@pytest.mark.parametrize("case", SPECS)
def test_which_data_sets_of_tensorflow_are_batched(case):
    item, label, name, batched = SPECS[case]
    spec = [SimpleNamespace(shape=Shape(shape)) for shape in (item, label) if shape is not None]
    source = type(name, (), {"element_spec": tuple(spec) if label is not None else spec[0]})()
    assert libraries._is_batched(source) is batched


def test_classes_derived_from_those_of_torch():
    def make(name, bases, **members):
        return type(name, bases, {"__module__": "torch.utils.data", **members})

    loader = make("DataLoader", (), __iter__=lambda _: iter([(X[:6], Y[:6]), (X[6:], Y[6:])]), __len__=lambda _: 2)
    np.testing.assert_array_equal(arrays(make("StatefulDataLoader", (loader,))())["x"], X)
    stream = make("IterableDataset", (), __iter__=lambda _: iter(X), __len__=lambda _: len(X), __getitem__=lambda *_: 1 / 0)
    np.testing.assert_array_equal(arrays(stream())["x"], X)
