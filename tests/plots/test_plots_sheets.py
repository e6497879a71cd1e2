"""Figures that are sheets of pictures."""

import numpy as np
import pytest

from zukan import checks, plots

EVENTS = [(8, 8), (9, 7, 3), (8, 8, 2), (13,)]  # test_plots_images covers the other shapes
any_event = pytest.mark.parametrize("event", EVENTS, ids=str)


def _pictures(*shape):
    return np.random.default_rng(0).random(shape)


def _at(ax, x, y):
    """Return the gray level at data coordinates."""
    for image in ax.images:
        left, right, bottom, top = image.get_extent()
        if left < x < right and min(bottom, top) < y < max(bottom, top):
            canvas = image.get_array()
            return int(canvas[int((y - top) / (bottom - top) * canvas.shape[0]),
                              int((x - left) / (right - left) * canvas.shape[1]), 0])
    msg = f"no image at {x}, {y}"
    raise AssertionError(msg)


def _flat(levels):
    """Return pictures (…, 20, 20) of constant gray levels, from 0 to 255."""
    return np.asarray(levels)[..., None, None] / 255 * np.ones((20, 20))


@any_event
def test_sheets_of_all_kinds_of_events(event):
    six = _pictures(6, *event)
    grid = six.reshape(2, 3, *event)
    for display in (plots.reconstructions(six, six, six), plots.samples(six), plots.morph(six),
                    plots.decoded_grid(six, range(6)), plots.decoded_grid(grid, [0, 1, 2], [0, 1]),
                    plots.traversals(grid, [0, 1, 2], [0, 1]), plots.between(grid, [("a", "b", "c")] * 2)):
        assert display.png(dpi=30).startswith(b"\x89PNG")


def test_reconstructions_have_rows_and_errors():
    display = plots.reconstructions(_flat([10, 20]), _flat([30, 40]), _flat([50, 60]))
    assert [[_at(display.axes, x, y) for x in range(2)] for y in range(3)] == [[10, 20], [30, 40], [50, 60]]
    rows = [label.get_text() for label in display.axes.get_yticklabels()]
    assert rows == ["original", "from the\nmean", "from a\nsample"]
    np.testing.assert_allclose(display.numbers["squared_error_mean"], [(20 / 255) ** 2] * 2)
    np.testing.assert_allclose(display.numbers["squared_error_sampled"], [(40 / 255) ** 2] * 2)


def test_the_grid_shows_each_image_at_its_code():
    first, second = np.linspace(-2, 2, 5), np.array([-1.0, 0.0, 1.0])
    levels = np.arange(15).reshape(3, 5) * 10
    display = plots.decoded_grid(_flat(levels), first, second, dims=(3, 1))
    assert [[_at(display.axes, x, y) for x in first] for y in second] == levels.tolist()
    bottom, top = display.axes.get_ylim()
    assert bottom < top
    assert display.numbers["extent"] == (-2.5, 2.5, -1.5, 1.5)
    assert (display.axes.get_xlabel(), display.axes.get_ylabel()) == ("z4", "z2")


def test_the_grid_of_the_tutorial_has_round_ticks():
    line = np.linspace(-2, 2, 20)
    ax = plots.decoded_grid(_pictures(20, 20, 4, 4), line, line).axes
    for axis in (ax.xaxis, ax.yaxis):
        np.testing.assert_allclose(axis.get_ticklocs(), np.linspace(-2, 2, 9), atol=1e-9)
        assert [label.get_text() for label in axis.get_ticklabels()][:2] == ["\N{MINUS SIGN}2", "\N{MINUS SIGN}1.5"]
        assert [label.get_text() for label in axis.get_ticklabels()][4] == "0"


def test_ticks_of_values_that_are_not_evenly_spaced():
    ax = plots.decoded_grid(_flat([0, 50, 100]), [0.0, 1.0, 4.0]).axes
    ticks = {label.get_text(): place for place, label in zip(ax.get_xticks(), ax.get_xticklabels(), strict=True)}
    assert ticks["0"] == 0.0
    assert ticks["1"] == pytest.approx(2.0)  # the middle image
    assert ticks["4"] == pytest.approx(4.0)


def test_a_grid_of_one_row_has_no_second_axis():
    display = plots.decoded_grid(_flat([0, 50, 100]), [-1, 0, 1])
    assert [_at(display.axes, x, 0) for x in (-1, 0, 1)] == [0, 50, 100]
    assert not len(display.axes.get_yticks())
    assert display.numbers["second"] is None


def test_a_grid_of_one_image():
    assert plots.decoded_grid(_flat([[7]]), [0.5], [2.0]).numbers["extent"] == (0.0, 1.0, 1.5, 2.5)


def test_the_morph_shows_its_ends_and_weights():
    display = plots.morph(_flat([0, 50, 100, 150, 200]), labels=("4", "9"))
    assert [_at(display.axes, x, 0) for x in range(5)] == [0, 50, 100, 150, 200]
    np.testing.assert_allclose(display.numbers["weights"], [0, 0.25, 0.5, 0.75, 1])
    assert [label.get_text() for label in display.axes.get_xticklabels()] == ["0", "0.25", "0.5", "0.75", "1"]
    assert [patch.get_x() + patch.get_width() / 2 for patch in display.axes.patches] == [0.0, 4.0]
    assert [(text.get_text(), text.xy[0]) for text in display.axes.texts] == [("4", 0), ("9", 4)]


def test_a_long_morph_has_few_ticks():
    places = plots.morph(_pictures(50, 4, 4)).axes.get_xticks()
    assert places[-1] == 49
    assert np.diff(places).min() >= 4


@pytest.mark.parametrize(("count", "event", "rows", "columns"), [
    (1, (4, 4), 1, 1), (2, (4, 4), 1, 2), (10, (4, 4), 3, 4), (100, (4, 4), 10, 10), (40, (4, 12), 10, 4),
])
def test_samples_are_nearly_square(count, event, rows, columns):
    numbers = plots.samples(_pictures(count, *event)).numbers
    assert numbers == {"count": count, "rows": rows, "columns": columns}


def test_samples_fill_rows_and_leave_the_rest_white():
    ax = plots.samples(_flat([0, 50, 100])).axes
    assert [_at(ax, x, y) for y in range(2) for x in range(2)] == [0, 50, 100, 255]


def test_traversals_keep_the_order_and_show_nats():
    display = plots.traversals(_flat([[0, 10, 20], [30, 40, 50]]), [-3, 0, 1.5], [3, 0], kl=[1.24, 0.004])
    assert [[_at(display.axes, x, y) for x in range(3)] for y in range(2)] == [[0, 10, 20], [30, 40, 50]]
    assert [label.get_text() for label in display.axes.get_yticklabels()] == ["z4 · 1.2 nats", "z1 · 0.00 nats"]
    assert [label.get_text() for label in display.axes.get_xticklabels()] == ["\N{MINUS SIGN}3", "0", "1.5"]
    assert plots.traversals(_flat([[0]]), [0], [np.int64(7)]).numbers["rows"] == ["z8"]


def test_sixty_four_traversals_are_large_enough():
    display = plots.traversals(_pictures(64, 9, 4, 4), range(9), range(64))
    assert display.figure.get_size_inches()[1] > 30


@pytest.mark.parametrize("pairs", [1, 2, 5, 7])
def test_between_writes_each_caption_below_its_image(pairs):
    levels = np.arange(3 * pairs).reshape(pairs, 3) * 10
    captions = [(f"a{pair}", f"m{pair}", f"b{pair}") for pair in range(pairs)]
    display = plots.between(_flat(levels), captions)
    assert display.numbers["captions"] == captions
    positions = {text.get_text(): text.get_position() for text in display.axes.texts}
    for triple, row in zip(captions, levels, strict=True):
        for text, level in zip(triple, row, strict=True):
            x, y = positions[text]
            assert _at(display.axes, x, y - 0.5) == level
            assert _at(display.axes, x, y + 0.05) == 255
    (left, right), (bottom, top) = display.axes.get_xlim(), display.axes.get_ylim()
    for image in display.axes.images:
        x0, x1, y0, y1 = image.get_extent()
        assert left <= x0 + 1e-9 < x1 - 1e-9 <= right
        assert top <= y1 < y0 <= bottom


SIX = _pictures(6, 4, 4)
GRID = SIX.reshape(2, 3, 4, 4)


@pytest.mark.parametrize(("draw", "words"), [
    (lambda: plots.reconstructions(SIX, SIX[:5], SIX), r"mean must have the shape of x, \(6, 4, 4\), got \(5, 4, 4\)"),
    (lambda: plots.reconstructions(SIX, SIX, np.zeros(3)), r"sampled must have shape \(n, \*event\)"),
    (lambda: plots.decoded_grid(SIX, range(5)), "first must have one entry for each of the 6 columns of images, got 5"),
    (lambda: plots.decoded_grid(GRID, range(3), range(3)), "second must have one entry"),
    (lambda: plots.decoded_grid(SIX, [0, 1, 2, 3, 5, 4]), "first must be in ascending order, got 5 before 4"),
    (lambda: plots.decoded_grid(SIX, range(6), dims=(0, -1)), "dims must be two different latent dimensions from 0,"),
    (lambda: plots.decoded_grid(SIX[:0], []), "images must not be empty|first must not be empty"),
    (lambda: plots.morph(SIX[:1]), "images must hold at least the two ends"),
    (lambda: plots.morph(SIX, ("4",)), "labels must have one entry for each of the 2 ends"),
    (lambda: plots.morph(SIX, "49"), "labels must have one entry for each of the 2 ends, got '49'"),
    (lambda: plots.samples(SIX[:0]), "images must not be empty"),
    (lambda: plots.traversals(GRID, range(4), [0, 1]), "values must have one entry for each of the 3"),
    (lambda: plots.traversals(GRID, range(3), [0]), "dims must have one entry for each of the 2"),
    (lambda: plots.traversals(GRID, range(3), [0, 1], [0.1]), "kl must have one entry for each of the 2"),
    (lambda: plots.traversals(GRID, range(3), 5), "dims must have one entry for each of the 2 rows .*, got 5"),
    (lambda: plots.traversals(GRID, range(3), [0, 0.5]), "dims must be a whole number"),
    (lambda: plots.between(SIX.reshape(3, 2, 4, 4), []), "images must have shape .* got 2 images per pair"),
    (lambda: plots.between(GRID, [("a", "b", "c")]), "captions must have one entry for each of the 2"),
    (lambda: plots.between(GRID, [("a", "b")] * 2), "captions must have one entry for each of the 3"),
    (lambda: plots.between(GRID, 5), "captions must have one entry for each of the 2 pairs .*, got 5"),
])
def test_bad_sheets(draw, words):
    with pytest.raises(checks.InputError, match=words):
        draw()


def test_reconstruction_errors_are_of_the_observed_values():
    x = np.array([[[np.nan, 0.5]], [[np.nan, np.nan]]])
    display = plots.reconstructions(x, np.zeros((2, 1, 2)), np.ones((2, 1, 2)))
    np.testing.assert_allclose(display.numbers["squared_error_mean"], [0.25, np.nan])
