"""Binarized data: the draw has the right mean, and is the same through every door."""

import numpy as np
import pytest

from zukan import data
from zukan.checks import InputError
from zukan.data.binarizing import draw
from zukan.training.recipe import Recipe

LEVELS = np.random.default_rng(0).integers(0, 256, (48, 5, 4), dtype=np.uint8)


def test_the_mean_of_the_draws_is_the_gray_level():
    p = np.array([0.0, 0.03, 0.3, 0.5, 0.9, 1.0], "float32")
    rng = np.random.default_rng(1)
    gray = np.clip(p + 1e-4 * rng.standard_normal((20_000, 6)), 0, 1).astype("float32")  # all items differ
    gray[:, [0, 5]] = p[[0, 5]]
    drawn = draw(gray)
    assert set(np.unique(drawn)) == {0.0, 1.0}
    assert (drawn[:, 0] == 0).all()
    assert (drawn[:, 5] == 1).all()
    np.testing.assert_allclose(drawn.mean(0), p, atol=5 * 0.5 / np.sqrt(len(gray)))
    correlation = np.corrcoef(drawn[:, 1:5].T) - np.eye(4)
    assert np.abs(correlation).max() < 5 / np.sqrt(len(gray))


def test_the_draw_of_an_item_never_changes():
    gray = np.array([[0.1, 0.9, 0.5, 0.5, 0.5, 0.5, 0.3, 0.7]], "float32")
    assert draw(gray)[0].astype(int).tolist() == [0, 1, 0, 0, 1, 0, 1, 1]


def test_the_draw_depends_on_the_values_of_the_item_alone():
    x = (LEVELS / np.float32(255)).reshape(48, -1)
    order = np.random.default_rng(2).permutation(48)[:17]
    np.testing.assert_array_equal(draw(x)[order], draw(x[order]))
    np.testing.assert_array_equal(draw(np.asfortranarray(x)), draw(x))
    np.testing.assert_array_equal(draw(draw(x)), draw(x))
    np.testing.assert_array_equal(draw(np.array([[-0.0, 0.5]], "float32")), draw(np.array([[0.0, 0.5]], "float32")))
    missing = x.copy()
    missing[3, 2] = np.nan
    assert np.isnan(draw(missing)[3, 2])
    assert np.isnan(draw(missing)).sum() == 1


def test_every_door_gives_the_same_items(tmp_path):
    np.savez(tmp_path / "a.npz", x=LEVELS)
    whole = data.load(LEVELS, binarize="static", test_fraction=0.25)
    gray = data.load(LEVELS, test_fraction=0.25)
    assert whole.value_range == (0.0, 1.0)
    np.testing.assert_array_equal(whole.test.x, draw(gray.test.x))
    for door in (tmp_path / "a.npz", LEVELS / np.float32(255), LEVELS):
        streamed = data.load(door, binarize="static", test_fraction=0.25, memory=1e-9)
        for ours, theirs in ((streamed.train, whole.train), (streamed.test, whole.test)):
            np.testing.assert_array_equal(ours.x[:], theirs.x)
        assert streamed.value_range == whole.value_range
    alone = data.items(LEVELS[whole.test.rows], binarize="dynamic")
    np.testing.assert_array_equal(alone.split.x, whole.test.x)


@pytest.mark.parametrize("memory", [None, 1e-9])
def test_dynamic_keeps_the_gray_levels_of_the_training_items(memory):
    static, gray = data.load(LEVELS, binarize="static"), data.load(LEVELS)
    dynamic = data.load(LEVELS, binarize="dynamic", memory=memory)
    np.testing.assert_array_equal(dynamic.train.x[:], gray.train.x)
    np.testing.assert_array_equal(dynamic.test.x[:], static.test.x)
    np.testing.assert_array_equal(dynamic.drawn_once.train.x[:], static.train.x)
    assert static.drawn_once is static
    assert "zukan's own draw" in str(dynamic.provenance["binarize"])
    assert any("drawn anew in each step" in note for note in dynamic.notes)


def test_bits_of_streamed_items_are_not_read_as_levels():
    streamed = data.load(LEVELS, binarize="static", memory=1e-9).train.x
    np.testing.assert_array_equal(streamed.raw(slice(5)), streamed[:5])
    assert not len(streamed.levels)


@pytest.mark.parametrize("memory", [None, 1e-9])
@pytest.mark.parametrize("kind", ["static", "dynamic"])
def test_values_outside_of_0_to_1_are_refused(kind, memory):
    x = LEVELS.reshape(48, -1).astype("float16")
    for read in (data.load, data.items):
        with pytest.raises(InputError, match="values lie in \\[0, 1\\], got values from 0 to 255; divide"):
            read(x, binarize=kind, memory=memory)


def test_a_recipe_takes_the_bernoulli_likelihood_only():
    assert Recipe(binarize="static", likelihood="bernoulli").binarize == "static"
    with pytest.raises(InputError, match="needs the likelihood 'bernoulli'.*got 'normal'; leave"):
        Recipe(binarize="dynamic", likelihood="normal")
    with pytest.raises(InputError, match="use binarize='dynamic'"):
        Recipe(augment="flip,binarize")
    with pytest.raises(InputError, match="corrupt must not hold 'binarize' if binarize is 'static'"):
        Recipe(corrupt="binarize", binarize="static")
    with pytest.raises(InputError, match="binarize must be one of"):
        Recipe(binarize="yes")


def write(path, array):
    path.write_text("".join(" ".join(map(str, row)) + " \n" for row in array.reshape(len(array), -1).astype(int)))


def test_larochelles_files(tmp_path):
    x = np.random.default_rng(3).integers(0, 2, (9, 28, 28))
    for name, rows in (("train", slice(4)), ("valid", slice(4, 6)), ("test", slice(6, 9))):
        write(tmp_path / f"binarized_mnist_{name}.amat", x[rows])
    dataset = data.load(tmp_path, binarize="static")
    np.testing.assert_array_equal(dataset.train.x[..., 0], x[:6])
    np.testing.assert_array_equal(dataset.test.x[..., 0], x[6:])
    assert any("2 validation items" in note for note in dataset.notes)
    np.testing.assert_array_equal(data.items(tmp_path / "binarized_mnist_test.amat").split.x[..., 0], x[6:])
    write(tmp_path / "other.amat", x[:, 0, :5])
    assert data.items(tmp_path / "other.amat").split.x.shape == (9, 5)


@pytest.mark.parametrize(("text", "problem"), [
    ("0 1 1\n0 2 1\n", "other characters"), ("0 1 1\n0 1\n", "lines of different lengths"), ("", "got none"),
    ("0 1\n0 1 1\n0 0 0", "lines of different lengths"), ("\n\n", "got none"),
    ("0 1 0\n1 1 0 0 1 1", "lines of different lengths")])
def test_a_damaged_file(tmp_path, text, problem):
    (tmp_path / "a.amat").write_text(text)
    with pytest.raises(InputError, match=f"equally many zeros and ones.*{problem}"):
        data.load(tmp_path / "a.amat")


def test_a_file_that_does_not_exist(tmp_path):
    with pytest.raises(InputError, match="must be an existing file"):
        data.load(tmp_path / "a.amat")
