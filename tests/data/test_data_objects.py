"""Data sets of other libraries, and iterators."""

import io
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from zukan import data
from zukan.checks import InputError
from zukan.data import objects

X = np.random.default_rng(0).integers(0, 256, (10, 5, 6, 3), dtype=np.uint8)
Y = np.arange(10) % 3


def raw(source, **options):
    return data.gathered(source, **options)[0]


def test_a_generator_of_items_of_pairs_and_of_mappings():
    for pairs in (((x, y) for x, y in zip(X, Y, strict=True)), iter([{"image": x, "label": y} for x, y in zip(X, Y, strict=True)]),
                  map(lambda x, y: [x, y], X, Y)):
        found = raw(pairs)
        np.testing.assert_array_equal(found["x"], X)
        assert found["y"].tolist() == Y.tolist()
    found = raw(iter(X))
    np.testing.assert_array_equal(found["x"], X)
    assert "y" not in found


def test_pictures_go_through_the_policy():
    images = [Image.fromarray(x) for x in X]
    images[3] = images[3].resize((12, 10))
    dataset = data.load(iter(images), test_fraction=0.5)
    assert dataset.event_shape == (5, 6, 3)
    assert "brought to 5 × 6" in dataset.notes[0]


def failing():
    yield X[0]
    raise RuntimeError("no disk")


def cut_short():
    file = io.BytesIO()
    Image.fromarray(X[1]).save(file, "PNG")
    return Image.open(io.BytesIO(file.getvalue()[:-60]))


MISTAKES = {
    "nothing": (lambda: iter(()), ["got none", "only once"]),
    "shapes": (lambda: iter([X[0], X[1, :4]]), ["of one shape", "(4, 6, 3) at item 1", "(5, 6, 3) before"]),
    "it fails": (failing, ["item 1 failed", "RuntimeError", "no disk"]),
    "some labels": (lambda: iter([(X[0], 1), X[1]]), ["a label with every item or with none"]),
    "floats in a picture": (lambda: iter([Image.fromarray(np.zeros((3, 3), "f4"))]), ["but item 0 cannot", "floating-point numbers"]),
    "a picture cut short": (lambda: iter([Image.fromarray(X[0]), cut_short()]), ["but item 1 cannot", "truncated"]),
    "no image in a mapping": (lambda: iter([{"picture": X[0]}]), ["'picture'", "none of 'x', 'image'"]),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_mistakes(case):
    make, words = MISTAKES[case]
    with pytest.raises(InputError) as caught:
        data.load(make())
    assert all(word in str(caught.value) for word in words)


def test_keras_batches():
    import keras

    class Batches(keras.utils.PyDataset):
        num_batches = 4

        def __getitem__(self, index):
            return X[index * 3 : index * 3 + 3], Y[index * 3 : index * 3 + 3]

    found = raw(Batches())
    np.testing.assert_array_equal(found["x"], X)
    assert found["y"].tolist() == Y.tolist()


def test_torch():
    torch = pytest.importorskip("torch")
    from torch.utils.data import DataLoader, IterableDataset, TensorDataset

    first = torch.from_numpy(X / np.float32(255)).permute(0, 3, 1, 2)
    dataset = TensorDataset(first, torch.from_numpy(Y))
    for source in (dataset, DataLoader(dataset, batch_size=4)):
        found = raw(source)
        np.testing.assert_array_equal(found["x"], X / np.float32(255))
        assert found["y"].tolist() == Y.tolist()
    assert "(channels, height, width)" in data.load(dataset).notes[0]

    class Stream(IterableDataset):
        def __iter__(self):
            return iter(X)

    np.testing.assert_array_equal(raw(Stream())["x"], X)


def test_tensorflow():
    tf = pytest.importorskip("tensorflow")
    whole = tf.data.Dataset.from_tensor_slices((X, Y))
    for source in (whole, whole.batch(4), whole.batch(5, drop_remainder=True)):
        found = raw(source)
        np.testing.assert_array_equal(found["x"], X)
        assert found["y"].tolist() == Y.tolist()
    vectors = tf.data.Dataset.from_tensor_slices(X.reshape(10, -1))
    for source in (vectors, vectors.batch(3)):
        np.testing.assert_array_equal(raw(source)["x"], X.reshape(10, -1))


def test_huggingface():
    datasets = pytest.importorskip("datasets")
    features = datasets.Features({"image": datasets.Image(), "label": datasets.ClassLabel(names=["cat", "dog", "owl"])})
    pictures = datasets.Dataset.from_dict({"image": [Image.fromarray(x) for x in X], "label": Y}, features=features)
    found = raw(pictures)
    np.testing.assert_array_equal(found["x"], X)
    assert found["y"].tolist() == [("cat", "dog", "owl")[y] for y in Y]
    dataset = data.load(datasets.DatasetDict(train=pictures.select(range(7)), test=pictures.select(range(7, 10))))
    assert (len(dataset.train), len(dataset.test), dataset.class_names) == (7, 3, ("cat", "dog", "owl"))
    table = datasets.Dataset.from_dict({"a": [1.0, 2.0, 3.0], "b": [4, 5, 7], "kind": ["x", "y", "x"]})
    dataset = data.load(table, label="kind", scaling="none")
    assert (dataset.columns, dataset.class_names) == (("a", "b"), ("x", "y"))
    with pytest.raises(InputError, match="must have a split named 'train'"):
        data.load(datasets.DatasetDict(one=table, two=table))


class Shape(tuple):
    """What TensorFlow's shapes are like."""

    __slots__ = ()
    rank = property(len)


SPECS = {  # item, label, class, whether these are batches
    "images": ((28, 28, 1), (), "_MapDataset", False), "batches of images": ((None, 28, 28, 1), (None,), "_MapDataset", True),
    "images of any size": ((None, None, 1), (), "_MapDataset", False), "those without labels": ((None, None, 1), None, "_MapDataset", False),
    "vectors": ((20,), (), "_MapDataset", False), "vectors with one-hot labels": ((20,), (10,), "_MapDataset", False),
    "batches of vectors": ((None, 20), None, "_MapDataset", True), "full batches of vectors": ((32, 20), (32,), "_MapDataset", True),
    "those without their labels": ((32, 20), None, "_BatchDataset", True), "grey images": ((28, 28), (), "_MapDataset", False),
}


@pytest.mark.parametrize("case", SPECS)
def test_which_data_sets_of_tensorflow_are_batched(case):
    item, label, name, batched = SPECS[case]
    spec = [SimpleNamespace(shape=Shape(shape)) for shape in (item, label) if shape is not None]
    source = type(name, (), {"element_spec": tuple(spec) if label is not None else spec[0]})()
    assert objects._is_batched(source) is batched


class Rows(list):
    """What a split of Hugging Face's is like."""

    __module__ = "datasets.arrow_dataset"


def test_missing_labels_of_huggingface(monkeypatch):
    def split(labels):
        rows = Rows({"image": Image.fromarray(x), "label": y} for x, y in zip(X, labels, strict=False))
        rows.features = {"image": type("Image", (), {})(), "label": SimpleNamespace(names=["cat", "dog"])}
        return rows

    whole = type("DatasetDict", (dict,), {"__module__": "datasets.dataset_dict"})(train=split([0, 1, 1, 0]), test=split([-1] * 3))
    dataset = data.load(whole)
    assert dataset.class_names == ("cat", "dog")
    assert dataset.train.y.tolist() == [0, 1, 1, 0]
    assert dataset.test.y is None
    assert "labels 'label' of split 'test' are left out: -1 is no class" in dataset.notes
    streamed = type("IterableDataset", (), {"__module__": "datasets.iterable_dataset", "features": None})()
    with pytest.raises(InputError, match="got a streamed one; load it without streaming=True"):
        data.load(streamed)


def test_loaders_and_streams_of_other_makes():
    def of(name, bases, **members):
        return type(name, bases, {"__module__": "torch.utils.data", **members})

    loader = of("DataLoader", (), __iter__=lambda _: iter([(X[:6], Y[:6]), (X[6:], Y[6:])]), __len__=lambda _: 2)
    np.testing.assert_array_equal(raw(of("StatefulDataLoader", (loader,))())["x"], X)
    stream = of("IterableDataset", (), __iter__=lambda _: iter(X), __len__=lambda _: len(X), __getitem__=lambda *_: 1 / 0)
    np.testing.assert_array_equal(raw(stream())["x"], X)
