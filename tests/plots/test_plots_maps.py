"""The latent map and its principal components."""

import time

import numpy as np
import pytest
from matplotlib import colormaps
from matplotlib.collections import PathCollection, PolyCollection

from zukan import checks, plots

RNG = np.random.default_rng(0)
LABELS = np.arange(600) % 3
Z = RNG.normal(size=(600, 4)) * 0.1 + np.array([[0, 0, 3, 1], [2, 1, 0, 0], [0, 5, 0, 4]])[LABELS]
NAMES = ["ankle boot", r"$\frac$", "bag"]


def _points(ax):
    (points,) = [collection for collection in ax.collections if isinstance(collection, PathCollection)]
    return points


def test_points_have_the_color_of_their_class():
    ax = plots.latent_map(Z, LABELS).axes
    points = _points(ax)
    places, painted = points.get_offsets().tolist(), points.get_facecolors()[:, :3].tolist()
    colors = {tuple(place): color for place, color in zip(places, painted, strict=True)}
    assert len(colors) == 600
    for place, label in zip(Z[:, :2].tolist(), LABELS, strict=True):
        assert colors[tuple(place)] == pytest.approx(colormaps["tab10"](label)[:3])
    assert points.get_rasterized()


def test_names_are_written_at_the_centers_of_the_classes():
    display = plots.latent_map(Z, LABELS, NAMES, dims=(1, 3))
    means = np.stack([Z[label == LABELS][:, [1, 3]].mean(axis=0) for label in range(3)])
    np.testing.assert_allclose(display.numbers["centers"], means)
    written = {text.get_text(): text.get_position() for text in display.axes.texts}
    assert set(written) == set(NAMES)
    for name, mean in zip(NAMES, means, strict=True):
        x, y = written[name]
        assert y == pytest.approx(mean[1])
        assert x == pytest.approx(mean[0]) if len(name) <= 8 else abs(x - mean[0]) < 0.5  # a long name stays inside
    assert (display.axes.get_xlabel(), display.axes.get_ylabel()) == ("z2", "z4")
    display.png(dpi=30)  # a name with dollars is a name, not mathematics


def test_names_of_close_centers_are_moved_apart():
    display = plots.latent_map([[0.0, 0.0], [0.001, 0.001], [5.0, 5.0]], ["pullover", "trouser", "bag"])
    heights = {text.get_text(): text.get_position()[1] for text in display.axes.texts}
    assert abs(heights["pullover"] - heights["trouser"]) > 0.1
    np.testing.assert_allclose(display.numbers["centers"], [[5.0, 5.0], [0.0, 0.0], [0.001, 0.001]])  # the numbers stay


def test_the_color_bar_names_each_class():
    display = plots.latent_map(Z, LABELS, NAMES)
    (bar,) = display.axes.child_axes
    assert [label.get_text() for label in bar.get_yticklabels()] == NAMES
    np.testing.assert_allclose(bar.get_yticks(), [0, 1, 2])
    np.testing.assert_allclose(bar.get_ylim(), [-0.5, 2.5])


def test_both_axes_have_the_same_scale_and_show_all_points():
    ax = plots.latent_map(Z, LABELS).axes
    assert ax.get_aspect() == 1.0
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    assert right - left == pytest.approx(top - bottom)
    assert left < Z[:, 0].min() < Z[:, 0].max() < right
    assert bottom < Z[:, 1].min() < Z[:, 1].max() < top
    assert ax.xaxis.get_gridlines()[0].get_visible()


def test_a_class_keeps_its_color_if_another_one_is_absent():
    kept = LABELS != 1
    display = plots.latent_map(Z[kept], LABELS[kept], NAMES)
    colors = {tuple(color) for color in _points(display.axes).get_facecolors()[:, :3].tolist()}
    assert colors == {colormaps["tab10"](0)[:3], colormaps["tab10"](2)[:3]}
    assert np.isnan(display.numbers["centers"][1]).all()


@pytest.mark.parametrize("labels", [np.array(["b", "a", "c"])[LABELS], np.array(["b", "a", "c"], dtype=object)[LABELS],
                                    np.array([b"b", b"a", b"c"])[LABELS]])
def test_text_labels(labels):
    display = plots.latent_map(Z, labels)
    assert display.numbers["class_names"] == ["a", "b", "c"]
    np.testing.assert_array_equal(display.numbers["classes"], np.array([1, 0, 2])[LABELS])
    ordered = plots.latent_map(Z, labels, ["c", "b", "a"])
    np.testing.assert_array_equal(ordered.numbers["classes"], np.array([1, 2, 0])[LABELS])


@pytest.mark.parametrize("count", [1, 10, 11, 20, 21, 100])
def test_each_of_many_classes_has_its_own_color(count):
    z = RNG.normal(size=(300, 2))
    display = plots.latent_map(z, np.arange(300) % count)
    assert len(np.unique(_points(display.axes).get_facecolors(), axis=0)) == count
    assert len(display.axes.texts) == (count if count <= 20 else 0)
    assert len(display.axes.child_axes[0].get_yticks()) <= 30


def test_without_labels_the_cells_count_all_items():
    z = RNG.normal(size=(3000, 2))
    display = plots.latent_map(z)
    (cells,) = [collection for collection in display.axes.collections if isinstance(collection, PolyCollection)]
    assert cells.get_array().sum() == 3000
    assert set(display.numbers) == {"points"}
    assert len(plots.latent_map(z[:40]).axes.collections[0].get_offsets()) == 40  # a few points are drawn themselves


def test_sixty_thousand_points_are_drawn_fast():
    z = RNG.normal(size=(60_000, 2))
    began = time.perf_counter()
    plots.latent_map(z, np.arange(60_000) % 10).png()
    assert time.perf_counter() - began < 10  # about one second on an idle core


@pytest.mark.parametrize("labels", [LABELS, None])
def test_one_dimension_is_drawn_as_histograms(labels):
    display = plots.latent_map(Z[:, 2:3], labels)
    counts = 3 if labels is not None else 1
    assert len(display.axes.patches) == counts
    assert [label.get_text() for label in display.axes.get_yticklabels()] == (["2", "1", "0"] if counts == 3 else [])
    assert display.axes.get_xlabel() == "z1"
    if labels is not None:
        np.testing.assert_allclose(display.numbers["centers"], [[Z[k == LABELS, 2].mean()] for k in range(3)])
        assert display.axes.patches[1].get_facecolor()[:3] == pytest.approx(colormaps["tab10"](1)[:3])
        bases = [patch.get_data().baseline for patch in display.axes.patches]
        assert bases == [2, 1, 0]
        tops = [(patch.get_data().values - base).max() for patch, base in zip(display.axes.patches, bases, strict=True)]
        assert max(tops) == pytest.approx(1.5)


@pytest.mark.parametrize("z", [np.zeros((1, 2)), np.zeros((20, 2)), np.zeros((20, 1)), np.zeros((900, 2))])
@pytest.mark.parametrize("labelled", [True, False])
def test_equal_codes_can_be_drawn(z, labelled):
    plots.latent_map(z, np.zeros(len(z), dtype=int) if labelled else None).png(dpi=30)


def test_pca_finds_the_plane_of_largest_variance():
    basis = np.linalg.qr(RNG.normal(size=(64, 64)))[0]
    hidden = RNG.normal(size=(600, 64)) * np.r_[5.0, 3.0, np.full(62, 0.1)]
    display = plots.pca(hidden @ basis, LABELS)
    variance = np.var(hidden, axis=0, ddof=1)
    np.testing.assert_allclose(display.numbers["explained"], variance[:2] / variance.sum(), atol=0.01)
    np.testing.assert_allclose(np.abs(np.sum(display.numbers["components"] * basis[:2], axis=1)), 1.0, atol=0.01)
    np.testing.assert_allclose(display.numbers["points"].var(axis=0, ddof=1), variance[:2], rtol=0.02)
    share = display.numbers["explained"][0]
    assert display.axes.get_xlabel() == f"principal component 1 · {share:.0%} of the variance"


def test_pca_of_equal_means_explains_nothing():
    display = plots.pca(np.ones((5, 3)), np.arange(5))
    np.testing.assert_array_equal(display.numbers["explained"], [0.0, 0.0])
    display.png(dpi=30)


@pytest.mark.parametrize(("arguments", "words"), [
    ({"z": np.zeros(4)}, r"z must have shape \(n, d\)"),
    ({"z": np.zeros((0, 2))}, "z must not be empty"),
    ({"z": [[np.inf, 0.0]]}, "z must be finite, got 1 NaN or infinite of 2"),
    ({"z": Z, "labels": LABELS[:5]}, "labels must have one entry for each of the 600 items of z, got 5"),
    ({"z": Z, "labels": LABELS[:, None]}, "labels must be whole numbers or text"),
    ({"z": Z, "labels": LABELS + 0.5}, "labels must be whole numbers or text"),
    ({"z": Z, "labels": LABELS, "class_names": ["a", "b"]}, "labels must index the 2 class_names, from 0 to 1, got 2"),
    ({"z": Z, "labels": LABELS - 1, "class_names": NAMES}, "got -1"),
    ({"z": Z, "labels": np.array(["a", "b", "c"])[LABELS], "class_names": ["a", "b"]}, "got no 'c'"),
    ({"z": Z, "labels": LABELS, "class_names": "abc"}, "class_names must be a sequence"),
    ({"z": Z, "labels": LABELS, "class_names": []}, "class_names must be a sequence of at least one text"),
    ({"z": Z, "dims": (0, 4)}, "dims must be two different latent dimensions from 0 to 3"),
    ({"z": Z, "dims": (1, 1)}, "dims must be two different"),
    ({"z": Z, "dims": 1}, "dims must be two different"),
])
def test_bad_maps(arguments, words):
    with pytest.raises(checks.InputError, match=words):
        plots.latent_map(**arguments)


@pytest.mark.parametrize("z", [np.zeros((5, 1)), np.zeros((1, 5))])
def test_pca_needs_two_items_and_two_dimensions(z):
    with pytest.raises(checks.InputError, match="z must have at least 2 items and 2 dimensions"):
        plots.pca(z)
