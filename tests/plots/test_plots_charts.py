"""The confusion matrix and the activity of latent dimensions."""

import numpy as np
import pytest
from matplotlib.colors import to_hex

from zukan import checks, plots
from zukan.plots import style


def test_confusion_shows_shares_of_the_true_class_and_counts():
    display = plots.confusion([[90, 10, 0], [0, 1, 999], [0, 0, 0]], ["cat", "dog", "eel"])
    np.testing.assert_allclose(display.numbers["share"], [[0.9, 0.1, 0], [0, 0.001, 0.999], [0, 0, 0]])
    assert display.numbers["accuracy"] == pytest.approx(91 / 1100)
    written = {}
    for text in display.axes.texts:
        written.setdefault(text.xy, []).append(text.get_text())
    assert written == {(0, 0): ["90%", "90"], (1, 0): ["10%", "10"], (1, 1): ["<1%", "1"], (2, 1): ["100%", "999"]}
    assert [label.get_text() for label in display.axes.get_yticklabels()] == ["cat", "dog", "eel"]
    assert (display.axes.get_xlabel(), display.axes.get_ylabel()) == ("predicted class", "true class")


def test_confusion_text_contrasts_with_its_cell():
    colors = {text.get_text(): text.get_color() for text in plots.confusion([[9, 1], [0, 0]]).axes.texts}
    assert colors["90%"] == style.PAPER
    assert colors["10%"] == style.INK


@pytest.mark.parametrize(("size", "texts"), [(1, 2), (10, 20), (11, 0), (100, 0)])
def test_confusion_annotates_up_to_ten_classes(size, texts):
    display = plots.confusion(np.eye(size) * 3)
    assert len(display.axes.texts) == texts
    assert len(display.axes.get_xticks()) <= 40
    assert display.axes.images[0].get_clim() == (0.0, 1.0)


@pytest.mark.parametrize(("matrix", "names", "words"), [
    (np.ones((2, 3)), None, "matrix must be square"), (np.ones(4), None, r"matrix must have shape \(k, k\)"),
    (np.zeros((0, 0)), None, "matrix must not be empty"),
    ([[1, -2], [0, 1]], None, "matrix must hold counts of at least 0, got -2"),
    (np.eye(2), ["a"], "class_names must have one entry for each of the 2"),
])
def test_bad_confusion(matrix, names, words):
    with pytest.raises(checks.InputError, match=words):
        plots.confusion(matrix, names)


def test_activity_order_counts_and_colors():
    display = plots.activity([0.01, 1.5, 0.0, 0.011])
    np.testing.assert_array_equal(display.numbers["dims"], [1, 3, 0, 2])
    np.testing.assert_array_equal(display.numbers["kl"], [1.5, 0.011, 0.01, 0.0])
    assert (display.numbers["active"], display.numbers["threshold"]) == (2, 0.01)
    assert display.numbers["total"] == pytest.approx(1.521)
    bars = display.axes.patches
    assert [bar.get_height() for bar in bars] == [1.5, 0.011, 0.01, 0.0]
    assert [to_hex(bar.get_facecolor()) for bar in bars] == [style.BLUE] * 2 + [style.FAINT] * 2
    assert [label.get_text() for label in display.axes.get_xticklabels()] == ["z2", "z4", "z1", "z3"]
    assert any(np.allclose(line.get_ydata(), 0.01) for line in display.axes.lines)
    assert "2 of 4" in display.axes.get_title(loc="left")


@pytest.mark.parametrize("kl", [[0.0], [-0.01, 2.0], [40.0, 0.5], np.geomspace(5, 1e-6, 64), np.zeros(512), [0.2] * 3])
def test_activity_axis_contains_zero_and_the_largest_value(kl):
    display = plots.activity(kl)
    bottom, top = display.axes.get_ylim()
    assert bottom == 0.0
    assert top > max(kl)
    assert display.axes.get_yticks()[0] == 0.0
    assert (np.diff(np.sqrt(display.axes.get_yticks() / top)) > 0.05).all()
    display.png(dpi=30)


@pytest.mark.parametrize(("kl", "words"), [([], "kl must not be empty"), ([[1.0]], r"kl must have shape \(d,\)"),
                                           ([np.nan], "kl must be finite"), (None, "kl must be an array of numbers")])
def test_bad_activity(kl, words):
    with pytest.raises(checks.InputError, match=words):
        plots.activity(kl)


def test_rate_and_distortion_of_models_and_of_the_best_encoders():
    curve = np.array([[0.1, 200.0], [5.0, 95.0], [12.0, 80.0]])
    display = plots.rate_distortion({"a": (6.0, 95.0), "b": (9.0, 84.0)}, curve)
    assert display.numbers["names"] == ["a", "b"]
    np.testing.assert_array_equal(display.numbers["points"], [[6.0, 95.0], [9.0, 84.0]])
    np.testing.assert_array_equal(display.numbers["curve"], curve[1:])  # a rate near 0 would flatten the rest
    dashed = [line.get_xydata() for line in display.axes.lines[1:]]
    assert len(dashed) == 4
    for ends in dashed:
        assert ends[0].sum() == pytest.approx(ends[1].sum())


def test_mistakes_of_rate_and_distortion():
    with pytest.raises(checks.InputError, match="models must map names to rate and distortion, got none"):
        plots.rate_distortion({})
    with pytest.raises(checks.InputError, match="curve must hold pairs of rate and distortion, got 3 numbers for each"):
        plots.rate_distortion({"a": (6.0, 95.0)}, np.ones((4, 3)))
