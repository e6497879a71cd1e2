"""What the bundle holds of the posterior and the prior: draws from the prior, and the use of codes."""

import numpy as np
from small_runs import images

import zukan
from zukan.explorer import family

X, Y = images()
SMALL = {"event_shape": (4, 3, 1), "encoder": {"name": "mlp", "units": [6]}}


def data(**options):
    return zukan.data.load((X, Y), **options)


def test_a_standard_normal_prior_needs_no_draws():
    vae = zukan.VAE(**SMALL, latent_dim=3)
    assert family.draws(vae, data(), seed=0) is None
    assert family.record(vae, None) == {"posterior": "normal", "prior": "normal", "draws": None, "positions": []}


def test_draws_of_a_prior_that_depends_on_the_condition_are_of_each_setting_in_turn():
    vae = zukan.VAE(**SMALL, latent_dim=2, prior="conditional", condition=2)
    means = np.array([[-3.0, 0.0], [4.0, 1.0]], "float32")
    vae.prior.mean.assign(means)
    drawn = family.draws(vae, data(condition="label"), seed=1)
    assert drawn.shape == (2, family.DRAWS, 2)
    np.testing.assert_allclose(drawn.mean(axis=1), means, atol=0.2)
    assert family.record(vae, drawn)["draws"] == {"settings": 2, "count": family.DRAWS}


def test_draws_of_a_prior_that_does_not_depend_on_the_condition_are_stored_once():
    vae = zukan.VAE(**SMALL, latent_dim=2, prior={"name": "mixture", "components": 2}, condition=2)
    vae.prior.mean.assign(np.array([[5.0, 5.0], [-5.0, 5.0]], "float32"))
    drawn = family.draws(vae, data(condition="label"), seed=1)
    assert drawn.shape == (1, family.DRAWS, 2)
    np.testing.assert_allclose(np.abs(drawn).mean(axis=(0, 1)), 5.0, atol=0.2)


def test_draws_hold_at_most_so_many_numbers():
    vae = zukan.VAE(**SMALL, latent_dim=family.NUMBERS // 10, prior={"name": "mixture", "components": 1})
    assert family.draws(vae, data(), seed=0).shape == (1, 10, family.NUMBERS // 10)

