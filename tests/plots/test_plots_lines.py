"""Signals drawn as lines: inside `items_of` a shape of signals only, all on one scale."""

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from zukan import plots
from zukan.plots import images, lines, style

BLUE, MISSING = (np.array(to_rgb(color)) * 255 for color in (style.BLUE, style.MISSING))
T = np.linspace(0.0, 1.0, 50)


def heights(tile, color=BLUE):
    """Return the mean row of the pixels near ``color`` in each column, without the margin; NaN if there are none."""
    near = np.abs(tile[2:-2, 2:-2, :3] - color).sum(axis=-1) < 60
    return np.where(near.any(axis=0), (near * np.arange(len(near))[:, None]).sum(axis=0) / np.maximum(near.sum(axis=0), 1), np.nan)


def drawn(signals):
    with plots.items_of(np.shape(signals)[-2:]):
        return images.pixels("images", signals, "n", missing=True)


def test_a_line_goes_through_the_values():
    for length in (2, 50, 1000):
        rows = heights(drawn(np.linspace(0.0, 1.0, length)[None, :, None])[0])
        np.testing.assert_allclose(rows, np.linspace(lines.HEIGHT - 1, 0, lines.WIDTH), atol=2.0)


def test_all_signals_share_one_scale():
    tall, low = drawn(np.stack([T, 0.5 * T])[..., None])
    assert np.nanmin(heights(tall)) < 3
    assert np.nanmin(heights(low)) == pytest.approx(lines.HEIGHT / 2, abs=2)


def test_every_channel_has_a_color():
    tile = drawn(np.stack([T, 1 - T], axis=-1)[None])[0]
    for channel, expected in enumerate((np.linspace(63, 0, 96), np.linspace(0, 63, 96))):
        rows = heights(tile, style.class_colors(2)(channel)[:3] @ np.eye(3) * 255)
        np.testing.assert_allclose(rows[:40], expected[:40], atol=3.0)


def test_missing_values_leave_a_gap():
    signal = T.copy()
    signal[20:30] = np.nan
    tile = drawn(signal[None, :, None])[0]
    gap = (np.abs(tile[2:-2, 2:-2, :3] - MISSING).sum(axis=-1) < 30).all(axis=0)
    assert gap[42:54].all()
    assert not gap[:36].any()
    assert not gap[60:].any()
    assert np.isfinite(heights(tile)[~gap]).all()


@pytest.mark.parametrize("signals", [np.zeros((2, 1, 1)), np.full((1, 5, 2), 3.0), np.full((1, 4, 1), np.nan)])
def test_signals_without_a_spread(signals):
    assert drawn(signals).shape == (len(signals), lines.HEIGHT + 4, lines.WIDTH + 4, 4)


def test_only_inside_the_context_of_signals():
    gray = images.pixels("images", T.reshape(1, 10, 5), "n")
    assert gray.shape == (1, 10, 5, 4)
    with plots.items_of((10, 5, 1)):
        np.testing.assert_array_equal(images.pixels("images", T.reshape(1, 10, 5), "n"), gray)
    with plots.items_of((10, 5)):
        assert images.pixels("images", T.reshape(1, 10, 5), "n").shape[1:3] == (68, 100)
    np.testing.assert_array_equal(images.pixels("images", T.reshape(1, 10, 5), "n"), gray)
