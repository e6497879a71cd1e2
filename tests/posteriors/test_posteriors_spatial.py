"""The posterior that keeps positions."""

import numpy as np
import pytest

import zukan


@pytest.fixture(scope="module")
def vae():
    return zukan.VAE(event_shape=(16, 12, 1), latent_dim=4 * 3 * 2, posterior="spatial", seed=0,
                     encoder={"name": "conv", "filters": [3, 4]})


def test_what_z_says_of_a_place_depends_on_pixels_near_it_only(vae):
    x = np.random.default_rng(0).random((1, 16, 12, 1), np.float32)
    changed = x.copy()
    changed[0, 0, 0] = 1.0 - changed[0, 0, 0]
    moved = np.abs(vae.encode(changed) - vae.encode(x)).reshape(4, 3, 2).max(axis=-1) > 0  # row by row
    assert moved[0, 0]
    assert not moved[2:].any()
    assert not moved[:, 2:].any()


def test_what_the_decoder_draws_at_a_place_depends_on_z_near_it_only(vae):
    z = np.zeros((2, 4, 3, 2), np.float32)
    z[1, 0, 0] = 3.0
    first, second = vae.decode(z.reshape(2, -1))
    moved = np.abs(first - second)[..., 0] > 0
    assert moved[:4, :4].any()
    assert not moved[12:].any()
    assert not moved[:, 10:].any()


def test_z_must_fill_the_positions():
    with pytest.raises(zukan.InputError, match="latent_dim must be a multiple of 12"):
        zukan.VAE(event_shape=(16, 12, 1), latent_dim=20, posterior="spatial", encoder={"name": "conv", "filters": [3, 4]})


def test_without_positions_it_is_the_normal_posterior():
    normal, spatial = (zukan.VAE(event_shape=(6,), latent_dim=3, encoder={"name": "mlp", "units": [4]}, posterior=name,
                                 seed=1) for name in ("normal", "spatial"))
    x = np.random.default_rng(0).random((5, 6), np.float32)
    np.testing.assert_array_equal(normal.encode(x), spatial.encode(x))
