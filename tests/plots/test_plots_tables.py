"""Figures of tables: columns, associations, effects and imputation."""

import re

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from zukan import checks, plots
from zukan.data.tables.schema import ColumnType, Schema

RNG = np.random.default_rng(0)
LONG = "Mediterranean olive tree, grafted cultivar no. 7"
SCHEMA = Schema((ColumnType("length"), ColumnType(LONG, "count"), ColumnType("sold", "boolean"),
                 ColumnType("genre", "category", levels=(LONG, "b")), ColumnType("year", "date"), ColumnType("hour", "date"), ColumnType("income"),
                 ColumnType("town", "category", levels=tuple(f"town {i}" for i in range(20)))))


def rows(n, seed):
    rng = np.random.default_rng(seed)
    raw = np.column_stack([rng.normal(size=n), rng.poisson(3, n), rng.random(n) < 0.3, rng.random(n) < 0.6, 3e8 * rng.normal(size=n),
                           1.6e9 + 3e4 * rng.random(n), rng.lognormal(12, 1, n), rng.integers(0, 20, n)]).astype(float)
    raw[rng.random(raw.shape) < 0.1] = np.nan
    return raw


def panels(display):
    return [panel for panel in display.axes.child_axes if panel.get_title(loc="left")]


DRAWN = {
    "columns": lambda: plots.columns(SCHEMA, rows(200, 0), rows(150, 1)),
    "one column": lambda: plots.columns(Schema(SCHEMA.columns[1:2]), rows(200, 0)[:, 1:2], rows(150, 1)[:, 1:2]),
    "associations": lambda: plots.associations(np.eye(8), np.eye(8), SCHEMA.names),
    "two associations": lambda: plots.associations(np.eye(2), np.eye(2), SCHEMA.names[:2]),
    "many associations": lambda: plots.associations(np.eye(60), np.eye(60), [LONG] * 60),
    "effects": lambda: plots.effects(RNG.normal(size=(3, 8)), SCHEMA.names, [True, True, False, False, True, True, True, False]),
    "many effects": lambda: plots.effects(RNG.normal(size=(64, 90)), [LONG] * 90, [True] * 90),
    "imputation": lambda: plots.imputation([0.1, 0.5], {name: {"rmse": [0.8, 1.1], "wrong": [0.4, 0.5]} for name in ("mean or mode", "kNN", "IterativeImputer", "this model")}),
    "imputation of numbers": lambda: plots.imputation([0.1, 0.5], {name: {"rmse": [0.8, 1.1], "wrong": [None, None]} for name in ("mean or mode", "this model")}),
}


@pytest.mark.parametrize("name", DRAWN)
def test_every_text_is_inside_the_picture_and_beside_the_others(name):
    figure = DRAWN[name]().figure
    figure.canvas.draw()
    width, height = figure.canvas.get_width_height()
    assert max(width, height) < 2000
    boxes = [(text.get_text(), text.get_window_extent()) for text in figure.findobj(Text) if text.get_visible() and re.search("[a-z]", text.get_text())]
    outside = [(text, box.extents) for text, box in boxes if box.x0 < -1 or box.y0 < -1 or box.x1 > width + 1 or box.y1 > height + 1]
    assert outside == []
    for i, (text, box) in enumerate(boxes):
        for other, other_box in boxes[:i]:
            overlap = min(box.x1, other_box.x1) - max(box.x0, other_box.x0), min(box.y1, other_box.y1) - max(box.y0, other_box.y0)
            assert min(overlap) <= 3, (text, other, overlap)


def test_columns_show_shares_of_rows_and_gaps():
    schema = Schema((ColumnType("n", "count"), ColumnType("sold", "boolean")))
    real = np.array([[0, 0], [1, 1], [1, 1], [np.nan, 1]])
    display = plots.columns(schema, real, np.array([[1, np.nan], [1, 0.0]]))
    number, levels = panels(display)
    assert [bar.get_height() for bar in number.patches if hasattr(bar, "get_height")][:2] == [0.25, 0.5]
    assert next(patch for patch in number.patches if hasattr(patch, "get_data")).get_data().values.tolist() == [0.0, 1.0]
    assert [bar.get_width() for bar in levels.patches] == [0.25, 0.75, 0.0, 0.5, 0.0, 0.5]
    assert [text.get_text() for text in levels.texts] == ["no", "yes", "gaps", "0.25"]
    assert display.numbers["scores"] == pytest.approx([2 / 3, 0.25])


def test_of_many_columns_the_least_alike_are_drawn():
    schema = Schema(tuple(ColumnType(f"column {i}") for i in range(30)))
    real, synthetic = RNG.normal(size=(50, 30)), RNG.normal(size=(50, 30))
    synthetic[:, 7] += 5
    display = plots.columns(schema, real, synthetic)
    assert len(display.numbers["columns"]) == len(panels(display)) == 24
    assert 7 in display.numbers["columns"]
    assert display.numbers["columns"] == sorted(display.numbers["columns"])


def test_dates_have_dates_below_them():
    display = plots.columns(SCHEMA, rows(200, 0), rows(150, 1))
    texts = {panel.get_title(loc="left"): [label.get_text() for label in panel.get_xticklabels()] for panel in panels(display)}
    assert texts["year"]
    assert all(re.fullmatch(r"(19|20)\d\d", text) for text in texts["year"])
    assert all(re.fullmatch(r"\d\d:\d\d", text) for text in texts["hour"])
    assert any(re.fullmatch(r"[\d,]+000", text) for text in texts["income"])


def test_an_empty_column_and_a_constant_one():
    real = rows(40, 0)
    real[:, 0], real[:, 6] = np.nan, 5.0
    assert plots.columns(SCHEMA, real, rows(40, 1)).png()
    assert plots.columns(SCHEMA, rows(40, 1), real).png()


def test_difference_of_associations():
    real = np.array([[1.0, 0.5, 0.0], [0.5, 1, 0], [0, 0, 1]])
    synthetic = np.array([[1.0, 0.2, 0.3], [0.2, 1, 0], [0.3, 0, 1]])
    display = plots.associations(real, synthetic, list("abc"))
    assert display.numbers["mean_difference"] == pytest.approx((0.3 + 0.3) * 2 / 6)
    third = panels(display)[2]
    np.testing.assert_allclose(third.images[0].get_array(), synthetic - real)
    assert third.images[0].get_clim() == (-1, 1)
    assert len(plots.associations(np.eye(90), np.eye(90), ["n"] * 90).numbers["columns"]) == 40


def test_effects_of_the_strongest_dimensions():
    change = np.zeros((30, 2))
    change[[3, 29]] = [[2.5, 0], [0, 1]]
    display = plots.effects(change, ["length", "sold"], [True, False])
    assert len(display.numbers["dims"]) == 24
    assert {3, 29} <= set(display.numbers["dims"])
    assert display.numbers["most"] == 2.5
    numbers, levels = display.axes.images
    row = display.numbers["dims"].index(3)
    assert numbers.get_array()[row].tolist() == [2.5, 0.0]
    assert levels.get_array().count() == 1
    assert levels.get_array()[display.numbers["dims"].index(29), 1] == 1


def test_bars_of_imputers():
    display = plots.imputation([0.1, 0.5], {"mine": {"rmse": [0.5, 0.7], "wrong": [None, None]}, "mean": {"rmse": [1.0, 1.1], "wrong": [None, None]}}, model="mine")
    panel, = display.axes.child_axes
    assert {bars.get_label(): [bar.get_height() for bar in bars] for bars in panel.containers} == {"mean": [1.0, 1.1], "mine": [0.5, 0.7]}
    assert set(display.numbers) == {"shares", "rmse"}


def test_figures_in_an_axes_of_the_user():
    figure = Figure(figsize=(9, 6))
    size = figure.get_size_inches().tolist()
    display = plots.associations(np.eye(3), np.eye(3), list("abc"), ax=figure.add_subplot())
    assert display.figure is figure
    assert figure.get_size_inches().tolist() == size


@pytest.mark.parametrize(("draw", "words"), [
    (lambda: plots.columns(SCHEMA, np.zeros((3, 2)), np.zeros((3, 8))), "real must have shape"),
    (lambda: plots.associations(np.eye(2), np.eye(3), list("ab")), "synthetic must have the shape of real"),
    (lambda: plots.associations(np.ones((2, 3)), np.ones((2, 3)), "ab"), "real must have one entry for each of the 2 rows"),
    (lambda: plots.effects(np.ones((2, 3)), "ab", [True] * 3), "names must have one entry for each of the 3 columns"),
    (lambda: plots.imputation([0.1], {}), "methods must hold the errors of at least one"),
    (lambda: plots.imputation([0.1], {"a": {"rmse": [None], "wrong": [None]}}), "got only None"),
    (lambda: plots.imputation([0.1], {"a": {"rmse": [1.0, 2.0], "wrong": [None]}}), "rmse of a must have one entry for each of the 1 shares"),
    (lambda: plots.imputation([0.1], {"a": {"rmse": [1.0], "wrong": [None]}}, model="b"), "model must be one of 'a'"),
])
def test_mistakes(draw, words):
    with pytest.raises(checks.InputError, match=words):
        draw()
