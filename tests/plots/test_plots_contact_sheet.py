"""Contact sheets of images and of features."""

import numpy as np
import pytest

from zukan import checks, plots
from zukan.data import ColumnType, Schema

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


def test_features_ignore_missing_values():
    x = np.random.default_rng(0).normal(size=(50, 3))
    x[::4, 1] = np.nan
    quantiles = plots.features(x).numbers["quantiles"]
    complete = plots.features(x[:, [0, 2]]).numbers["quantiles"]
    np.testing.assert_array_equal(quantiles[:, [0, 2]], complete)
    np.testing.assert_allclose(quantiles[:, 1], np.nanquantile(x[:, 1], (0, 0.01, 0.25, 0.5, 0.75, 0.99, 1)))
    x[:, 1] = np.nan
    with pytest.raises(checks.InputError, match=r"x must hold a value of every feature, .* feature 1 are missing; remove it"):
        plots.features(x)
    with pytest.raises(checks.InputError, match="x must be finite, got 1 infinite of 2 values"):
        plots.features([[1.0, np.inf]])


def test_only_some_of_many_features_are_drawn():
    x = RNG.normal(size=(9, 500))
    assert len(plots.features(x).numbers["features"]) == 40


def test_columns_of_a_table_are_drawn_by_their_kind():
    schema = Schema((ColumnType("size"), ColumnType("sex", "category", levels=("Female", "Male", "x")),
                     ColumnType("ok", "boolean"), ColumnType("day", "date"), ColumnType("visits", "count")))
    x = np.column_stack([RNG.normal(size=40), [0] * 10 + [1] * 29 + [2], [0, 1] * 20, np.linspace(0, 86400 * 30, 40), [0, 1, 2, 3] * 10])
    x[0, 1] = x[1:9, 3] = np.nan
    axes = plots.features(x, schema.names, schema=schema).axes
    texts = [text.get_text() for text in axes.texts]
    assert texts[:4] == ["Male", "Female", "no", "yes"]  # the level that occurs once has no room for its name
    assert texts[5:] == ["3 levels, 2% missing", "yes or no", "1970-01-01 … 1970-01-31, 20% missing", "0 … 3"]
    np.testing.assert_allclose([bar.get_width() for bar in axes.patches], [6 * 29 / 39, 6 * 9 / 39, 6 / 39, 3, 3])
