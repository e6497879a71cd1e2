"""Priors fitted afterwards: against scikit-learn's mixture, on held-out codes, and what a two-stage model refuses."""

import keras
import numpy as np
import pytest
import scipy.stats
from sklearn.mixture import GaussianMixture

import zukan
from blobs import blobs


@pytest.fixture(scope="module")
def data():
    """Training and held-out items in four groups, so that their codes are far from normal."""
    rng = np.random.default_rng(0)
    centers = np.array([[0.1, 0.1, 0.1, 0.9, 0.9, 0.9], [0.9, 0.9, 0.9, 0.1, 0.1, 0.1], [0.1, 0.9, 0.1, 0.9, 0.1, 0.9],
                        [0.9, 0.9, 0.1, 0.1, 0.9, 0.9]])
    x = centers[np.arange(600) % 4] + 0.05 * rng.normal(size=(600, 6))
    return np.clip(x, 0, 1).astype("float32")[:400], np.clip(x, 0, 1).astype("float32")[400:]


@pytest.fixture(scope="module")
def vae(make, data):
    vae = make(keras.optimizers.Adam(0.02), likelihood={"name": "normal", "scale": 0.1})
    vae.fit(data[0], epochs=20, batch_size=20, verbose=0)
    return vae


def log_p(model, z):
    return np.asarray(model.prior.distribution(model.context()).log_prob(z), "float64")


def test_a_fitted_mixture_is_as_good_as_scikit_learn_s(vae, data):
    new = vae.fit_prior(data[0], {"name": "mixture", "components": 4})
    codes = [vae.encode(data[0], sample=True, seed=seed) for seed in range(10)]
    theirs = GaussianMixture(4, covariance_type="diag", n_init=3, random_state=0).fit(np.concatenate(codes))
    held_out = vae.encode(data[1], sample=True, seed=99)
    assert log_p(new, held_out).mean() > theirs.score(held_out) - 0.05
    assert log_p(new, held_out).mean() > scipy.stats.norm.logpdf(held_out).sum(-1).mean() + 0.3


def test_the_start_of_a_mixture_is_scikit_learn_s_solution(vae, data):
    codes = vae.encode(data[0], sample=True)
    prior = zukan.VAE((6,), 2, prior={"name": "mixture", "components": 3})
    prior.prior.start(codes, 5)
    theirs = GaussianMixture(3, covariance_type="diag", tol=1e-4, max_iter=500, random_state=5).fit(codes)
    np.testing.assert_allclose(log_p(prior, codes), theirs.score_samples(codes), rtol=1e-3, atol=1e-3)
    with pytest.raises(zukan.InputError, match="components must be at most the number of items, which is 2"):
        prior.prior.start(codes[:2], 0)


@pytest.mark.parametrize("prior", [{"name": "maf", "flows": 3, "units": [32]}, {"name": "realnvp", "flows": 4, "units": [32]},
                                   {"name": "vamp", "components": 20}], ids=lambda prior: prior["name"])
def test_a_fitted_prior_beats_the_standard_normal_on_held_out_codes(vae, data, prior, tmp_path):
    new = vae.fit_prior(data[0], prior, epochs=60, batch_size=50)
    held_out = vae.encode(data[1], sample=True, seed=99)
    assert log_p(new, held_out).mean() > scipy.stats.norm.logpdf(held_out).sum(-1).mean() + 0.3
    assert new.elbo(data[1], samples=20).mean() > vae.elbo(data[1], samples=20).mean() + 0.3
    np.testing.assert_array_equal(new.encode(data[1]), vae.encode(data[1]))
    assert nearest(new.sample(200), data[0]) < 0.7 * nearest(vae.sample(200), data[0])
    new.save(tmp_path / "model.keras")
    np.testing.assert_array_equal(zukan.load(tmp_path / "model.keras").sample(5), new.sample(5))


def nearest(samples, items):
    """Return the mean distance of samples to the nearest item."""
    return np.sqrt(((samples[:, None] - items[None]) ** 2).sum(-1)).min(1).mean()


def test_a_two_stage_prior_samples_and_says_that_it_has_no_density(vae, data, tmp_path):
    new = vae.fit_prior(data[0], {"name": "two-stage", "units": [32]}, epochs=400, batch_size=50, learning_rate=0.03)
    assert nearest(new.sample(200), data[0]) < 0.7 * nearest(vae.sample(200), data[0])
    np.testing.assert_array_equal(new.encode(data[1]), vae.encode(data[1]))
    for method in (new.elbo, new.log_likelihood, new.score, new.kl_terms):
        with pytest.raises(zukan.InputError, match="needs a prior with a density, got TwoStage") as caught:
            method(data[1])
        assert "\n" not in str(caught.value)
    assert type(new.objective).__name__ == "Reconstruction"
    assert not new.prior.trainable
    new.save(tmp_path / "model.keras")
    loaded = zukan.load(tmp_path / "model.keras")
    np.testing.assert_array_equal(loaded.sample(5), new.sample(5))
    with pytest.raises(zukan.InputError, match=r"needs the density of p\(z\), but prior TwoStage .* vae\.fit_prior"):
        zukan.VAE((6,), prior="two-stage")


def test_the_cost_of_a_two_stage_prior_is_minus_a_lower_bound(vae, data):
    """Against the exact log p(z) = log of the integral over u, by quadrature."""
    new = vae.fit_prior(data[0], {"name": "two-stage", "units": [16]}, epochs=20, batch_size=50)
    z = vae.encode(data[1][:40], sample=True, seed=7)
    grid = np.linspace(-6, 6, 301)
    u = np.stack(np.meshgrid(grid, grid), axis=-1).reshape(-1, 2).astype("float32")
    p_z = new.prior._decode(u, new.context())
    log_joint = np.asarray(p_z.log_prob(z[:, None])) + scipy.stats.norm.logpdf(u).sum(-1)
    exact = scipy.special.logsumexp(log_joint, axis=1) + 2 * np.log(grid[1] - grid[0])
    state = keras.random.SeedGenerator(3).state.value
    rows = np.repeat(z, 500, axis=0)
    costs = np.asarray(new.prior.cost(rows, new.context({"x": None}, state))).reshape(40, 500)
    error = costs.std(1) / np.sqrt(500)
    assert (-costs.mean(1) < exact + 5 * error).all()
    assert -costs.mean() > exact.mean() - 1.5


def test_a_fitted_prior_sees_the_condition(make):
    x, classes = blobs(120), np.arange(120) % 2
    x[classes == 1] = 1 - x[classes == 1]
    vae = make(keras.optimizers.Adam(0.02), condition=2, likelihood={"name": "normal", "scale": 0.1})
    vae.fit(x, condition=classes, epochs=10, batch_size=20, verbose=0)
    for prior in ({"name": "maf", "flows": 2, "units": [16]}, {"name": "two-stage", "units": [16]}):
        new = vae.fit_prior(x, prior, condition=classes, epochs=5, batch_size=20)
        assert new.sample(6, condition=np.arange(6) % 2).shape == (6, 6)
