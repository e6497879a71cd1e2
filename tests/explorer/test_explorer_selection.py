"""The widget's selection and colors: what Python assigns and what the page gets."""

import json

import numpy as np
import pandas as pd
import pytest

import zukan
from zukan.checks import InputError
from zukan.explorer import columns, site


@pytest.fixture(scope="module")
def widget(run, page):
    patch = pytest.MonkeyPatch()
    patch.setattr(site, "PAGE", page)
    yield zukan.explorer.Explorer(run)
    patch.undo()


def state(widget, name):
    """Return what the page has under ``name``."""
    return widget.get_state(name)[name]


def test_a_selection_is_sent_as_rows_and_observed(widget):
    changes = []
    widget.observe(lambda change: changes.append(change.new.tolist()), "selection")
    widget.selection = [7, 3, 3, 0]
    assert widget.selection.tolist() == [0, 3, 7]
    assert widget.selection.dtype == np.int64
    assert np.frombuffer(state(widget, "selection"), "<i4").tolist() == [0, 3, 7]
    widget.set_state({"selection": memoryview(np.array([39, 2], "<i4").tobytes())})  # as the page sends it
    assert widget.selection.tolist() == [2, 39]
    widget.selection = np.empty(0)
    assert widget.selection.tolist() == []
    assert changes == [[0, 3, 7], [2, 39], []]
    with pytest.raises(ValueError, match="read-only"):
        widget.selection[...] = 1


@pytest.mark.parametrize(("value", "says"), [
    ([40], "selection must hold rows of items of the run, got 40"), ([-1], "got -1, which is the row of none"),
    (np.arange(40) > 3, r"got .*; use np.flatnonzero\(mask\)"), ([[1]], "must be a list of rows"),
    ([0.5], "give an array of whole numbers"), ("3", "must be a list of rows"), (None, "must be a list of rows")])
def test_what_is_not_rows_is_refused(widget, value, says):
    before = widget.selection
    with pytest.raises(InputError, match=says):
        widget.selection = value
    assert widget.selection is before


def colors(widget):
    """Return the column that the page got, and its cells."""
    sent = state(widget, "_colors")
    json.dumps(sent["column"])
    kind = sent["column"]["cells"]
    return sent["column"], np.frombuffer(sent["cells"], columns.TYPES[kind])


def test_an_array_is_a_column_with_a_cell_for_each_item(widget):
    values = np.arange(40) / 8
    widget.color_by = values
    column, cells = colors(widget)
    assert (column["name"], column["kind"], column["low"], column["high"]) == ("values", "number", 0, 39 / 8)
    np.testing.assert_array_equal(cells, values[widget.rows])
    assert (widget.rows != np.arange(40)).any()  # so the order matters
    assert widget.color_by is values

    widget.color_by = pd.Series(["b", "a", None, "<b>"] * 10, name="kind")
    column, cells = colors(widget)
    assert (column["name"], column["kind"], column["cells"]) == ("kind", "category", "u8")
    wanted = np.array(["b", "a", "", "<b>"] * 10)[widget.rows]
    assert [(*column["levels"], "")[min(cell, 3)] for cell in cells] == wanted.tolist()

    widget.color_by = [True, False] * 20
    column, cells = colors(widget)
    assert column["kind"] == "boolean"
    assert cells.tolist() == (widget.rows % 2 == 0).tolist()

    widget.color_by = np.full(40, 2.5)  # one value only
    assert colors(widget)[0]["kind"] == "number"


def test_a_name_colors_by_what_the_page_has(widget):
    widget.color_by = "score"
    assert state(widget, "_colors") == {"name": "score"}


@pytest.mark.parametrize(("value", "says"), [
    ("scor", "did you mean 'score'"), ("area", "'class', 'density', 'score', got 'area'; or give an array"),
    (np.arange(39), r"color_by must have a value for each of the 40 rows of the source, shape \(40,\), got shape \(39,\)"),
    (3, r"got shape \(\)"), ([None] * 40, "must hold numbers, booleans, dates or text"),
    ([{"a": 1}] * 40, "must hold numbers, booleans, dates or text"), (np.array([np.inf] + [1] * 39), "finite numbers, got infinity")])
def test_other_colors_are_refused(widget, value, says):
    before = state(widget, "_colors")
    with pytest.raises(InputError, match=says):
        widget.color_by = value
    assert state(widget, "_colors") == before
