"""Items that come one by one, from iterators."""

import io

import numpy as np
import pytest
from image_items import X, Y, arrays
from PIL import Image

from zukan import data
from zukan.checks import InputError


def test_items_pairs_and_mappings():
    for pairs in (((x, y) for x, y in zip(X, Y, strict=True)), iter([{"image": x, "label": y} for x, y in zip(X, Y, strict=True)]),
                  map(lambda x, y: [x, y], X, Y)):
        result = arrays(pairs)
        np.testing.assert_array_equal(result["x"], X)
        assert result["y"].tolist() == Y.tolist()
    result = arrays(iter(X))
    np.testing.assert_array_equal(result["x"], X)
    assert "y" not in result


def test_pil_images_are_converted_to_one_size():
    images = [Image.fromarray(x) for x in X]
    images[3] = images[3].resize((12, 10))
    dataset = data.load(iter(images), test_fraction=0.5)
    assert dataset.event_shape == (5, 6, 3)
    assert "resized to 5 × 6" in dataset.notes[0]


def failing():
    yield X[0]
    raise RuntimeError("no disk")


def truncated():
    file = io.BytesIO()
    Image.fromarray(X[1]).save(file, "PNG")
    return Image.open(io.BytesIO(file.getvalue()[:-60]))


MISTAKES = {
    "no items": (lambda: iter(()), ["got none", "only once"]),
    "different shapes": (lambda: iter([X[0], X[1, :4]]), ["of one shape", "(4, 6, 3) at item 1", "(5, 6, 3) before"]),
    "a failure": (failing, ["item 1 failed", "RuntimeError", "no disk"]),
    "labels for some items": (lambda: iter([(X[0], 1), X[1]]), ["a label with every item or with none"]),
    "an image of floats": (lambda: iter([Image.fromarray(np.zeros((3, 3), "f4"))]), ["but item 0 cannot", "floating-point numbers"]),
    "a truncated image": (lambda: iter([Image.fromarray(X[0]), truncated()]), ["but item 1 cannot", "truncated"]),
    "no image in a mapping": (lambda: iter([{"picture": X[0]}]), ["'picture'", "none of 'x', 'image'"]),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_mistakes(case):
    make, words = MISTAKES[case]
    with pytest.raises(InputError) as caught:
        data.load(make())
    assert all(word in str(caught.value) for word in words)
