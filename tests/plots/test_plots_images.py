"""Items as pixels, and sheets of pictures."""

import numpy as np
import pytest
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure

from zukan import checks
from zukan.plots import bars, images, style


@pytest.mark.parametrize(("event", "size"), [
    ((5, 7), (5, 7)), ((5, 7, 1), (5, 7)), ((5, 7, 3), (5, 7)), ((5, 7, 4), (5, 7)),
    ((5, 7, 2), (5, 14)), ((5, 7, 5), (5, 35)),
])
def test_image_events_keep_their_pixels(event, size):
    assert images.pixels("x", np.zeros((2, 3, *event)), "rows, cols").shape == (2, 3, *size, 4)


def test_gray_values_are_clipped():
    tile = images.pixels("x", np.array([[[-1.0, 0.0, 0.5, 1.0, 7.0]]]), "n")[0, 0]
    np.testing.assert_array_equal(tile[:, :3], np.repeat([[0], [0], [128], [255], [255]], 3, axis=1))
    assert (tile[:, 3] == 255).all()


def test_color_and_opacity_are_kept():
    color = np.array([0.2, 0.4, 0.6, 0.8])
    np.testing.assert_array_equal(images.pixels("x", color.reshape(1, 1, 1, 4), "n").ravel(), [51, 102, 153, 204])
    np.testing.assert_array_equal(images.pixels("x", color[:3].reshape(1, 1, 1, 3), "n").ravel(), [51, 102, 153, 255])


def test_two_channels_are_drawn_side_by_side():
    both = np.stack([np.zeros((4, 4)), np.ones((4, 4))], axis=-1)
    tile = images.pixels("x", both[None], "n")[0]
    assert (tile[:, :4, :3] == 0).all()
    assert (tile[:, 4:, :3] == 255).all()


def _height(tile, column, color):
    return int((np.abs(tile[:, column, :3].astype(int) - color).sum(axis=-1) < 12).sum())


def test_bars_have_proportional_heights_and_colors_by_sign():
    tile = bars.pixels(np.array([[1.0, 0.5, -1.0]]))[0][2:-2, 2:-2]
    wide = tile.shape[1] // 3
    up, down = tile[0, 2, :3].astype(int), tile[-1, 2 * wide + 2, :3].astype(int)
    assert up[2] > up[0]  # blue
    assert down[0] > down[2]  # vermilion
    assert _height(tile, 2, up) == 2 * _height(tile, wide + 2, up) == _height(tile, 2 * wide + 2, down) == 32


def test_bars_share_one_scale():
    low, high = bars.pixels(np.array([[1.0], [2.0]]))
    assert (high != low).any()


@pytest.mark.parametrize("length", [1, 2, 13, 48, 96, 97, 784])
def test_bars_of_any_length_fit(length):
    tile = bars.pixels(np.random.default_rng(0).normal(size=(2, length)))
    assert tile.shape[1] == bars.HEIGHT + 4
    assert tile.shape[2] <= bars.MAX_BARS + 4


def test_bars_of_long_vectors_are_means_of_neighbors():
    pattern = np.tile([0.0, 2.0], 96)
    np.testing.assert_array_equal(bars.pixels(pattern[None]), bars.pixels(np.ones((1, 96))))


def test_all_zero_vectors_have_no_bars():
    assert len(np.unique(bars.pixels(np.zeros((1, 4)))[0][2:-2, 2:-2].reshape(-1, 4), axis=0)) == 1


def test_volumes_are_drawn_as_vectors():
    assert images.pixels("x", np.ones((2, 2, 3, 4, 5)), "n").shape[1] == bars.HEIGHT + 4


def test_the_sheet_puts_each_tile_at_its_row_and_column():
    tiles = images.pixels("x", np.arange(6).reshape(2, 3, 1, 1) * np.full((40, 40), 0.1), "rows, cols")
    ax = Figure().add_subplot()
    images.draw_sheet(ax, tiles)
    (image,) = ax.images
    canvas, (left, right, bottom, top) = image.get_array(), image.get_extent()
    for row in range(2):
        for column in range(3):
            x = int((column - left) / (right - left) * canvas.shape[1])
            y = int((row - top) / (bottom - top) * canvas.shape[0])
            assert canvas[y, x, 0] == tiles[row, column, 0, 0, 0]
    assert (canvas[0] == 255).all()  # the gap is white


def test_pictures_keep_their_shape():
    ax = Figure(figsize=(9, 3)).add_subplot()
    images.draw_sheet(ax, images.pixels("x", np.zeros((1, 2, 64, 32, 1)), "rows, cols"), gap=0.0)
    ax.apply_aspect()
    box = ax.get_window_extent()
    assert box.width / box.height == pytest.approx(1.0)


def test_tiny_pictures_have_gaps():
    ax = Figure().add_subplot()
    images.draw_sheet(ax, images.pixels("x", np.zeros((1, 2, 4, 4)), "rows, cols"))
    assert (ax.images[0].get_array()[..., 0] == 255).any()


@pytest.mark.parametrize(("value", "words"), [
    (np.zeros((0, 4, 4)), "x must not be empty"),
    (np.zeros(4), "x must have shape"),
    (np.full((1, 2, 2), np.nan), "x must be finite, got 4 NaN"),
    (np.full((1, 2, 2), 255, dtype=np.uint8), r"x must lie in \[0, 1\], got whole numbers up to 255; divide"),
    ([[1.0], [1.0, 2.0]], "x must be an array of numbers"),
    ("digits", "x must be an array of numbers"),
])
def test_bad_images(value, words):
    with pytest.raises(checks.InputError, match=words):
        images.pixels("x", value, "n")


def test_missing_values_have_a_color_of_their_own():
    sand = [int(255 * part) for part in to_rgba(style.MISSING)]
    x = np.array([[[0.0, np.nan], [1.0, 0.5]]])
    tiles = images.pixels("x", x[..., None], "n", missing=True)
    assert tiles[0, 0, 1].tolist() == sand
    assert tiles[0, :, :, 0].tolist()[1] == [255, 128]
    colors = images.pixels("x", np.repeat(x[..., None], 3, axis=-1), "n", missing=True)
    assert colors[0, 0, 1].tolist() == sand
    bars = images.pixels("x", np.array([[1.0, np.nan]]), "n", missing=True)
    middle = bars[0, bars.shape[1] // 2]
    assert middle[bars.shape[2] * 5 // 8, :3].tolist() != middle[bars.shape[2] // 8, :3].tolist()
    with pytest.raises(checks.InputError, match="x must be finite"):
        images.pixels("x", [[[np.inf, np.nan]]], "n", missing=True)
