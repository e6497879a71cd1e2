"""Contact sheets of images and of features."""

import numpy as np
import pytest

from zukan import plots

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("count", [1, 7, 300])
def test_a_contact_sheet_shows_items_evenly(count):
    images = RNG.random((count, 6, 5, 1))
    rows = plots.contact_sheet(images).numbers["rows"]
    flat = [i for row in rows for i in row]
    assert flat == sorted(set(flat))
    assert (flat[0], flat[-1], len(flat)) == (0, count - 1, min(count, 96))


def test_a_contact_sheet_has_a_row_per_class():
    labels = np.array([0, 2, 2, 0, 2] * 9)
    sheet = plots.contact_sheet(RNG.random((45, 6, 5, 3)), labels, ["cat", "cow", "dog"])
    assert [len(row) for row in sheet.numbers["rows"]] == [12, 12]
    assert all(labels[row].tolist() == [kind] * 12 for row, kind in zip(sheet.numbers["rows"], (0, 2), strict=True))
    assert [text.get_text() for text in sheet.axes.get_yticklabels()] == ["cat", "dog"]


def test_only_some_of_many_features_are_drawn():
    x = RNG.normal(size=(9, 500))
    assert len(plots.features(x).numbers["features"]) == 40
