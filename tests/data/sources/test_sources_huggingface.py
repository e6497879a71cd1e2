"""Data sets of Hugging Face."""

from types import SimpleNamespace

import numpy as np
import pytest
from image_items import X, Y, arrays
from PIL import Image

from zukan import data
from zukan.checks import InputError


def test_images_tables_and_splits():
    datasets = pytest.importorskip("datasets")
    features = datasets.Features({"image": datasets.Image(), "label": datasets.ClassLabel(names=["cat", "dog", "owl"])})
    pictures = datasets.Dataset.from_dict({"image": [Image.fromarray(x) for x in X], "label": Y}, features=features)
    result = arrays(pictures)
    np.testing.assert_array_equal(result["x"], X)
    assert result["y"].tolist() == [("cat", "dog", "owl")[y] for y in Y]
    dataset = data.load(datasets.DatasetDict(train=pictures.select(range(7)), test=pictures.select(range(7, 10))))
    assert (len(dataset.train), len(dataset.test), dataset.class_names) == (7, 3, ("cat", "dog", "owl"))
    table = datasets.Dataset.from_dict({"a": [1.0, 2.0, 3.0], "b": [4, 5, 7], "kind": ["x", "y", "x"]})
    dataset = data.load(table, label="kind", scaling="none")
    assert (dataset.columns, dataset.class_names) == (("a", "b"), ("x", "y"))
    with pytest.raises(InputError, match="must have a split named 'train'"):
        data.load(datasets.DatasetDict(one=table, two=table))


class FakeRows(list):
    """Like a split of Hugging Face."""

    __module__ = "datasets.arrow_dataset"


def test_labels_that_are_not_classes():
    def split(labels):
        rows = FakeRows({"image": Image.fromarray(x), "label": y} for x, y in zip(X, labels, strict=False))
        rows.features = {"image": type("Image", (), {})(), "label": SimpleNamespace(names=["cat", "dog"])}
        return rows

    whole = type("DatasetDict", (dict,), {"__module__": "datasets.dataset_dict"})(train=split([0, 1, 1, 0]), test=split([-1] * 3))
    dataset = data.load(whole)
    assert dataset.class_names == ("cat", "dog")
    assert dataset.train.y.tolist() == [0, 1, 1, 0]
    assert dataset.test.y is None
    assert "skipped the labels 'label' of split 'test', since -1 is not a class" in dataset.notes
    streamed = type("IterableDataset", (), {"__module__": "datasets.iterable_dataset", "features": None})()
    with pytest.raises(InputError, match="got a streamed one; load it without streaming=True"):
        data.load(streamed)
