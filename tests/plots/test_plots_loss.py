"""Loss curves."""

import numpy as np
import pytest

from zukan import checks, plots


def _history(epochs, *, validation=True):
    epoch = np.arange(1, epochs + 1)
    terms = {"loss": 150 + 200.0 / epoch**3, "reconstruction": 144 + 190.0 / epoch**3, "kl": 6 + 10.0 / epoch**3}
    held_out = {f"val_{name}": values + 1 for name, values in terms.items()} if validation else {}
    other = {"elbo": -terms["loss"], "beta": np.ones(epochs), "seconds": np.ones(epochs)}
    return {"epoch": epoch, **terms, **held_out, **other}


@pytest.mark.parametrize("validation", [True, False])
def test_all_epochs_but_the_first_are_in_view(validation):
    history = _history(20, validation=validation)
    display = plots.loss(history)
    above, below = display.axes.child_axes
    for panel, names in ((above, ["loss", "reconstruction"]), (below, ["kl"])):
        low, high = panel.get_ylim()
        left, right = panel.get_xlim()
        assert 1 < left < 2
        assert right > 20
        for name in names:
            assert history[name][0] > high
            assert (low < history[name][1:]).all()
            assert (history[name][1:] < high).all()
        assert len(panel.lines) == len(names) * (1 + validation)
    assert display.numbers["view"] == (2.0, 20.0)
    assert set(display.numbers["last"]) == {key for key in history if key not in {"epoch", "elbo", "beta", "seconds"}}
    assert display.numbers["last"]["kl"] == history["kl"][-1]
    np.testing.assert_array_equal(display.numbers["loss"], history["loss"])


@pytest.mark.parametrize("epochs", [1, 2])
def test_short_histories_are_shown_whole(epochs):
    display = plots.loss(_history(epochs))
    for panel in display.axes.child_axes:
        left, right = panel.get_xlim()
        assert left < 1
        assert right > epochs
        for line in panel.lines:
            low, high = panel.get_ylim()
            assert line.get_marker() == "o"
            assert ((low < line.get_ydata()) & (line.get_ydata() < high)).all()


def test_curves_are_labeled_with_their_last_validation_value():
    above, below = plots.loss(_history(30)).axes.child_axes
    assert [text.get_text() for text in above.texts] == ["reconstruction 145.0", "total 151.0"]
    assert [text.get_text() for text in below.texts] == ["KL 7.0"]
    assert [text.get_text() for text in above.get_legend().get_texts()] == ["training", "validation"]
    assert "nats" in above.get_ylabel()
    assert "nats" in below.get_ylabel()


def test_labels_of_curves_with_equal_last_values_do_not_overlap():
    history = _history(10) | {"val_reconstruction": _history(10)["val_loss"] - 1e-6}
    first, second = plots.loss(history).axes.child_axes[0].texts
    assert second.xy[1] - first.xy[1] > 0.07


def test_without_validation_there_is_no_legend():
    assert plots.loss(_history(5, validation=False)).axes.child_axes[0].get_legend() is None


def test_keras_history_without_epochs_and_with_missing_values():
    history = {name: values for name, values in _history(6).items() if name != "epoch"}
    history["val_loss"] = np.where(np.arange(6) % 2 == 0, np.nan, history["val_loss"])
    display = plots.loss(history)
    np.testing.assert_array_equal(display.numbers["epoch"], np.arange(1, 7))
    assert sorted(len(line.get_xdata()) for line in display.axes.child_axes[0].lines) == [3, 6, 6, 6]


@pytest.mark.parametrize(("change", "words"), [
    ({"kl": [1.0]}, r"history\['kl'\] must have one entry for each of the 4"),
    ({"kl": []}, r"history\['kl'\] must not be empty"),
    ({"kl": np.ones((4, 1))}, r"history\['kl'\] must have shape \(epochs,\)"),
    ({"val_kl": np.full(4, np.nan)}, r"history\['val_kl'\] must hold at least one finite value"),
    ({"epoch": [1, 2, 2, 3]}, r"history\['epoch'\] must be in ascending order, got 2 before 2"),
])
def test_bad_history(change, words):
    with pytest.raises(checks.InputError, match=words):
        plots.loss(_history(4) | change)


@pytest.mark.parametrize("history", [{}, {"loss": [1.0]}, [1.0, 2.0], None])
def test_history_without_its_terms(history):
    with pytest.raises(checks.InputError, match="history must map 'loss' and 'reconstruction' to one value per epoch, and 'kl'"):
        plots.loss(history)


def test_without_a_kl_there_is_one_panel():
    history = {name: values for name, values in _history(5).items() if "kl" not in name}
    display = plots.loss(history)
    (panel,) = display.axes.child_axes
    assert panel.get_xlabel() == "epoch"
    assert "kl" not in display.numbers["last"]
