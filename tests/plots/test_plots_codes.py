"""Figures of discrete codes."""

import numpy as np
import pytest

from zukan import checks, plots

TILES = np.random.default_rng(0).random((12, 6, 5, 1))


def test_a_codebook_is_sorted_by_use():
    numbers = plots.codebook([[1, 0, 3], [2, 2, 0]], "classes").numbers
    np.testing.assert_allclose(numbers["shares"], [[0.75, 0.25, 0.0], [0.5, 0.5, 0.0]])
    assert numbers["used"] == [2, 2]
    assert len(plots.codebook(np.ones((20, 3))).numbers["used"]) == 8
    assert plots.codebook(np.zeros((1, 4))).numbers["used"] == [0]


def test_a_row_of_a_contact_sheet_starts_with_an_image_of_its_own():
    labels = np.array([0, 1] * 6)
    sheet = plots.contact_sheet(TILES, labels, ["a", "b"], starts=np.zeros((2, 6, 5, 1)), title="Two classes")
    shown = np.asarray(sheet.axes.get_images()[0].get_array())[..., :3]
    high, wide = shown.shape[0] // 2, shown.shape[1] // 8
    assert (shown[high // 2, wide // 2], shown[high // 2, wide + wide // 2]) == (pytest.approx(0), pytest.approx(255))
    assert sheet.axes.get_title(loc="left") == "Two classes"
    assert sheet.numbers["rows"] == [[0, 2, 4, 6, 8, 10], [1, 3, 5, 7, 9, 11]]
    with pytest.raises(checks.InputError, match="starts must have one entry for each of the 2 rows, got 3"):
        plots.contact_sheet(TILES, labels, starts=TILES[:3])


def test_rows_of_traversals_can_be_variables():
    display = plots.traversals(TILES.reshape(3, 4, 6, 5, 1), range(4), range(3), one="categorical variable")
    assert display.numbers["rows"] == ["1", "2", "3"]
    assert (display.axes.get_xlabel(), display.axes.get_title(loc="left")) == ("class", "One categorical variable at a time")
