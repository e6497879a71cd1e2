"""Figures with long names and with many classes: every text stays inside its picture."""

import re

import numpy as np
import pytest
from matplotlib.text import Text

from zukan import plots
from zukan.plots.class_labels import LONGEST, shortened

NAMES = ["Mediterranean olive tree, grafted cultivar no. 7", "Siberian larch bonsai in autumn (young)", "a", "a name without capital letters"]
RNG = np.random.default_rng(0)
Y = np.arange(60) % 4
TILES = RNG.random((4, 6, 6, 1))
DRAWN = {
    "map": lambda: plots.latent_map(RNG.normal(size=(60, 2)), Y, NAMES),
    "line": lambda: plots.latent_map(RNG.normal(size=(60, 1)), Y, NAMES),
    "pca": lambda: plots.pca(RNG.normal(size=(60, 3)), Y, NAMES),
    "confusion": lambda: plots.confusion(np.eye(4), NAMES),
    "confusion of many": lambda: plots.confusion(np.eye(40), NAMES * 10),
    "samples": lambda: plots.samples(RNG.random((4, 3, 6, 6, 1)), NAMES),
    "under classes": lambda: plots.under_classes(TILES[:2], RNG.random((2, 4, 6, 6, 1)), NAMES),
    "morph": lambda: plots.morph(RNG.random((11, 6, 6, 1)), NAMES[:2]),
    "between": lambda: plots.between(RNG.random((5, 3, 6, 6, 1)), [(NAMES[i % 4], f"nearest: {NAMES[-i % 4]}", NAMES[3]) for i in range(5)]),
    "one between": lambda: plots.between(RNG.random((1, 3, 6, 6, 1)), [(NAMES[0], f"nearest: {NAMES[1]}", NAMES[1])]),
    "contact sheet": lambda: plots.contact_sheet(RNG.random((60, 6, 6, 1)), Y, NAMES),
    "features": lambda: plots.features(RNG.normal(size=(60, 4)), NAMES),
    "anomalies": lambda: plots.anomalies(TILES, TILES, TILES, [4, 3, 2, 1], NAMES),
    "map of many": lambda: plots.latent_map(RNG.normal(size=(900, 2)), np.arange(900) % 300, [f"class {i}" for i in range(300)]),
    "line of many": lambda: plots.latent_map(RNG.normal(size=(900, 1)), np.arange(900) % 300, [f"class {i}" for i in range(300)]),
}


@pytest.mark.parametrize("name", DRAWN)
def test_every_text_is_inside_the_picture_and_beside_the_others(name):
    display = DRAWN[name]()
    figure = display.figure
    figure.canvas.draw()
    width, height = figure.canvas.get_width_height()
    assert max(width, height) < 2000  # 100 classes or more must not make a picture of a meter
    boxes = [(text.get_text(), text.get_window_extent()) for text in figure.findobj(Text)
             if text.get_visible() and re.search("[a-z]", text.get_text())]  # numbers of ticks outside the view are not drawn
    outside = [(text, box.extents) for text, box in boxes if box.x0 < -1 or box.y0 < -1 or box.x1 > width + 1 or box.y1 > height + 1]
    assert outside == []
    if "map" not in name and "pca" not in name:  # names on a map may touch
        for i, (text, box) in enumerate(boxes):
            for other, other_box in boxes[:i]:
                overlap = min(box.x1, other_box.x1) - max(box.x0, other_box.x0), min(box.y1, other_box.y1) - max(box.y0, other_box.y0)
                assert min(overlap) <= 3, (text, other, overlap)


def test_a_histogram_of_many_classes_shows_the_largest():
    y = np.concatenate([np.arange(300), np.repeat(7, 50)])
    display = plots.latent_map(RNG.normal(size=(350, 1)), y, [f"class {i}" for i in range(300)])
    shown = [label.get_text() for label in display.axes.get_yticklabels()]
    assert len(shown) == 30
    assert shown[0] == "all others"
    assert "class 7" in shown
    assert len(display.numbers["centers"]) == len(display.numbers["class_names"]) == 300


def test_a_long_name_keeps_its_start_and_its_end():
    assert shortened("cat") == "cat"
    short = shortened("photos/2024/summer/IMG_0001.JPG")
    assert len(short) == LONGEST
    assert short.startswith("photos/2024/")
    assert short.endswith("G_0001.JPG"[-(LONGEST - 1) // 2:])
    assert shortened("x" * LONGEST) == "x" * LONGEST
