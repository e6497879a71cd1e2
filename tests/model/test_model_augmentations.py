"""Augmentations: what they draw, that each step draws anew, and who sees it."""

import keras
import numpy as np
import pytest
from keras import ops

import zukan
from zukan.augmentations import Binarize, Flip, Shift
from zukan.context import Draws

IMAGE = np.arange(20, dtype="float32").reshape(1, 5, 4, 1) / 20
RNG = np.random.default_rng(0)


def drawn(augmentation, x, number=1):
    """Return ``number`` batches, each from a state of its own."""
    draws = keras.random.SeedGenerator(3)
    return np.stack([ops.convert_to_numpy(augmentation(ops.convert_to_tensor(x), Draws(draws.next()))) for _ in range(number)])


def test_binarize_has_the_gray_levels_as_its_mean():
    x = np.array([[0.0, 0.1, 0.5, 0.9, 1.0]], "float32")
    values = drawn(Binarize(), np.repeat(x, 500, 0), 20).reshape(-1, 5)
    assert set(np.unique(values)) == {0.0, 1.0}
    np.testing.assert_allclose(values.mean(0), x[0], atol=5 * 0.5 / np.sqrt(len(values)))
    assert np.abs(np.corrcoef(values[:, 1:4].T) - np.eye(3)).max() < 5 / np.sqrt(len(values))
    assert len(np.unique(values[::500], axis=0)) > 1  # the steps differ


def test_a_share_of_the_values_is_binarized():
    values = drawn(Binarize(0.25), np.full((200, 30), 0.4, "float32"))[0]
    assert set(np.unique(values)) == {np.float32(0), np.float32(0.4), np.float32(1)}
    for value, share in ((0.0, 0.25 * 0.6), (1.0, 0.25 * 0.4)):
        assert abs((values == value).mean() - share) < 5 * (share / values.size) ** 0.5
    with pytest.raises(zukan.InputError, match="share must be a finite number above 0 and at most 1, got 0"):
        Binarize(0)


def test_flip_mirrors_about_half_of_the_images():
    values = drawn(Flip(), np.repeat(IMAGE, 400, 0))[0]
    is_flipped = (values == IMAGE[:, :, ::-1]).all((1, 2, 3))
    np.testing.assert_array_equal(values[~is_flipped], np.repeat(IMAGE, (~is_flipped).sum(), 0))
    assert 140 < is_flipped.sum() < 260


@pytest.mark.parametrize("pixels", [None, 2])
def test_shift_gives_every_shift_of_the_padded_image(pixels):
    most = pixels or 1
    values = drawn(Shift(pixels), np.repeat(IMAGE, 1000, 0))[0]
    padded = np.pad(IMAGE[0], ((most, most), (most, most), (0, 0)), mode="edge")
    expected = {padded[i : i + 5, j : j + 4].tobytes() for i in range(2 * most + 1) for j in range(2 * most + 1)}
    assert {value.tobytes() for value in values} == expected


def test_a_shift_is_a_14th_of_the_shorter_side():
    x = np.zeros((200, 28, 42, 1), "float32")
    x[:, 14, 21] = 1
    rows, columns = (np.argwhere(drawn(Shift(), x)[0, ..., 0])[:, axis] for axis in (1, 2))
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (12, 16, 19, 23)


def test_encoder_and_likelihood_see_the_same_items_in_training_only():
    x = RNG.uniform(0.2, 0.8, (60, 5, 4, 1)).astype("float32")
    x[:, :, 0] = np.nan
    vae = zukan.VAE(event_shape=(5, 4, 1), encoder={"name": "mlp", "units": [4]}, augment="flip,binarize", missing=True)
    outputs = vae(x, training=True)
    seen = ops.convert_to_numpy(outputs["x"])
    assert set(np.unique(seen[~np.isnan(seen)])) == {0.0, 1.0}
    forward = vae.forward_pass(x, outputs, training=True)
    observed = ops.convert_to_numpy(forward.context.observed)
    np.testing.assert_array_equal(observed, ~np.isnan(seen))
    assert (observed.sum((1, 2, 3)) == 15).all()
    assert 0 < (~observed[:, 0, 3, 0]).sum() < 60  # the mask is mirrored with the image
    np.testing.assert_array_equal(forward.x, np.nan_to_num(seen))
    again = ops.convert_to_numpy(vae(x, training=True)["x"])
    assert (again != seen)[~np.isnan(seen) & ~np.isnan(again)].any()
    tested = vae(x, training=False)
    assert "x" not in tested
    np.testing.assert_array_equal(vae.forward_pass(x, tested).x, np.nan_to_num(x))


def test_of_a_corruption_the_encoder_alone_sees_the_items_in_training_only():
    x = np.array([[0.5], [np.nan]] * 100, "float32")
    vae = zukan.VAE(event_shape=(1,), encoder={"name": "mlp", "units": [4]}, corrupt="binarize", missing=True)
    outputs = vae(x, training=True)
    means = ops.convert_to_numpy(outputs["q"]["mean"])
    seen, observed = np.array([[0.0], [1.0], [0.5], [0.0]], "float32"), np.array([[1.0], [1.0], [1.0], [0.0]], "float32")
    zero, one, clean, none = ops.convert_to_numpy(vae.inference([seen, observed])["mean"])
    is_one = np.isclose(means[::2], one).all(1)
    np.testing.assert_allclose(means[::2][~is_one], np.tile(zero, ((~is_one).sum(), 1)), rtol=1e-5)
    assert 30 < is_one.sum() < 70
    np.testing.assert_allclose(means[1::2], np.tile(none, (100, 1)), rtol=1e-5)
    assert "x" not in outputs
    np.testing.assert_array_equal(vae.forward_pass(x, outputs, training=True).x, np.nan_to_num(x))
    again = ops.convert_to_numpy(vae(x, training=True)["q"]["mean"])
    assert 20 < (np.isclose(again[::2], one).all(1) != is_one).sum() < 80
    np.testing.assert_allclose(ops.convert_to_numpy(vae(x, training=False)["q"]["mean"])[0], clean, rtol=1e-5)


def test_a_corruption_comes_after_the_augmentations():
    x = np.full((200, 1, 2, 1), 0.5, "float32")
    x[:, :, 1] = 0
    vae = zukan.VAE(event_shape=(1, 2, 1), encoder={"name": "mlp", "units": [4]}, augment="flip", corrupt="binarize")
    outputs = vae(x, training=True)
    scored = ops.convert_to_numpy(outputs["x"])[:, 0, :, 0]
    assert {tuple(row) for row in scored} == {(0.5, 0.0), (0.0, 0.5)}  # as the likelihood sees them: flipped, still gray
    possible = {(0.5, 0.0): [(0, 0), (1, 0)], (0.0, 0.5): [(0, 0), (0, 1)]}
    means = ops.convert_to_numpy(outputs["q"]["mean"])
    for row in set(map(tuple, scored)):
        seen = np.array(possible[row], "float32").reshape(2, 1, 2, 1)
        hits = np.isclose(means[(scored == row).all(1)][:, None], ops.convert_to_numpy(vae.inference(seen)["mean"])[None]).all(-1)
        assert hits.any(1).all()
        assert hits.any(0).all()


def test_a_corruption_moves_the_mask_of_missing_values_too():
    x = np.array([[[[0.3], [np.nan]]]] * 40, "float32")
    vae = zukan.VAE(event_shape=(1, 2, 1), encoder={"name": "mlp", "units": [4]}, corrupt="flip", missing=True)
    means = ops.convert_to_numpy(vae(x, training=True)["q"]["mean"])
    both = np.concatenate([x[:1], x[:1, :, ::-1]])
    expected = ops.convert_to_numpy(vae.inference([np.nan_to_num(both), (~np.isnan(both)).astype("float32")])["mean"])
    hits = np.isclose(means[:, None], expected[None], rtol=1e-5).all(-1)
    assert hits.any(1).all()
    assert hits.any(0).all()


def test_what_an_augmentation_is_not_made_for_is_refused():
    for name, argument in (("flip", "augment"), ("shift", "corrupt")):
        with pytest.raises(zukan.InputError, match=f"{argument}: {name.title()} needs images.*got items of shape \\(6,\\)"):
            zukan.VAE(event_shape=(6,), **{argument: name})
    with pytest.raises(zukan.InputError, match="corrupt: Binarize needs a likelihood of values from 0 to 1, such as 'bern"):
        zukan.VAE(likelihood="normal", corrupt="binarize")
    with pytest.raises(zukan.InputError, match="corrupt must be names, got 3"):
        zukan.VAE(corrupt=3)
    with pytest.raises(zukan.InputError, match="augment must be one of 'binarize', 'flip', 'shift'"):
        zukan.VAE(augment="flop")
    with pytest.raises(zukan.InputError, match="augment must be names, got 3"):
        zukan.VAE(augment=3)
    assert zukan.VAE(augment=["flip", {"name": "shift", "pixels": 3}]).augmentations[1].pixels == 3
