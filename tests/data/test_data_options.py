"""Options: every value out of its range is refused."""

import dataclasses

import numpy as np
import pytest

from zukan import data
from zukan.checks import InputError

MISTAKES = [
    ({"test_fraction": 0}, ["test_fraction must be above 0 and below 1, got 0; 0.2"]),
    ({"test_fraction": 1}, ["test_fraction must be above 0 and below 1, got 1; 0.2"]),
    ({"test_fraction": float("nan")}, ["test_fraction", "got nan"]),
    ({"test_fraction": "a"}, ["test_fraction", "'a'"]),
    ({"missing": "yes"}, ["missing must be true or false, got 'yes'"]),
    ({"stratify": "yes"}, ["stratify must be true or false, got 'yes'"]),
    ({"seed": -1}, ["seed", "got -1"]),
    ({"seed": 1.5}, ["seed", "got 1.5"]),
    ({"split_seed": -1}, ["split_seed", "got -1"]),
    ({"scaling": "standart"}, ["scaling must be one of", "did you mean 'standard'?"]),
    ({"label": 3}, ["label must be text, got 3; put it in quotes"]),
    ({"leave_out": 3}, ["leave_out must be text or a list of text, got 3; write 'a,b'"]),
    ({"leave_out": 'a,"b'}, ["leave_out must be text or a list of text", "write 'a,b'"]),
    ({"missing_marks": [-999]}, ["missing_marks must be text or a list of text"]),
    ({"separator": "ab"}, ["separator must be one character, tab or space, got 'ab'"]),
    ({"separator": "1"}, ["separator must be one character"]),
    ({"decimal": ";"}, ["decimal must be one of ',', '.', got ';'"]),
    ({"header": "yes"}, ["header must be true or false, got 'yes'"]),
    ({"encoding": "utf-99"}, ["encoding must be one that Python knows", "got 'utf-99'"]),
    ({"encoding": "base64"}, ["encoding must be one that Python knows"]),
    ({"image_size": "big"}, ["image_size must be"]),
    ({"image_size": (3, 4, 5)}, ["image_size must be"]),
    ({"image_size": 0}, ["image_size must be"]),
    ({"image_fit": "stretch"}, ["image_fit must be one of"]),
    ({"channels": 2}, ["channels must be 1 (grayscale), 3 (color)", "got 2"]),
    ({"memory": 0}, ["memory must be a finite number above 0"]),
    ({"memory": -1}, ["memory must be a finite number above 0"]),
    ({"memory": "much"}, ["memory must be a finite number above 0"]),
    ({"workers": -1}, ["workers must be a whole number of at least 0, got -1"]),
]


@pytest.mark.parametrize(("options", "words"), MISTAKES)
def test_mistakes(options, words):
    with pytest.raises(InputError) as caught:
        data.load(np.ones((4, 3)), **options)
    assert all(word in str(caught.value) for word in words)


@pytest.mark.parametrize(("size", "sides"), [(None, None), (64, (64, 64)), ("64", (64, 64)), ("48x64", (48, 64)), ((48, 64), (48, 64)),
                                             ([48, 64], (48, 64))])
def test_image_size_in_every_form(size, sides):
    assert data.Options(image_size=size).size == sides


def test_every_option_has_a_help_text():
    assert all(field.metadata["help"].endswith(".") for field in dataclasses.fields(data.Options))
