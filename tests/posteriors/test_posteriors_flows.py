"""Flow, full-covariance and Hamiltonian posteriors in a model, and their bounds where log p(x) is known."""

import keras
import numpy as np
import pytest
import scipy.stats

import zukan
from zukan.context import Context
from zukan.posteriors import IAF, Full, Hamiltonian, RealNVP

FEATURES, SCALE = 5, 0.7
RICH = {"full": {"name": "full"}, "iaf": {"name": "iaf", "flows": 1, "units": [16], "context": 2},
        "hamiltonian": {"name": "hamiltonian", "steps": 4, "step_size": 0.15, "temperature": 0.5}}


@pytest.fixture(scope="module")
def world():
    """Data of a linear-Gaussian model whose exact posterior is correlated, its weights, and the exact log p(x)."""
    rng = np.random.default_rng(0)
    loadings, shift = rng.normal(size=(FEATURES, 2)) + 0.8, rng.normal(size=FEATURES)
    x = rng.normal(size=(256, 2)) @ loadings.T + shift + SCALE * rng.normal(size=(256, FEATURES))
    log_p = scipy.stats.multivariate_normal(shift, loadings @ loadings.T + SCALE**2 * np.eye(FEATURES)).logpdf(x)
    return x.astype("float32"), loadings, shift, log_p


def fitted(world, posterior, epochs=60):
    """Return a model with the exact decoder, whose posterior alone is trained."""
    x, loadings, shift, _ = world
    vae = zukan.VAE((FEATURES,), 2, encoder=keras.layers.Identity(), decoder=keras.layers.Identity(), posterior=posterior,
                    likelihood={"name": "normal", "scale": SCALE}, objective={"name": "elbo", "samples": 4})
    decoder = {layer.name: layer for layer in vae._generation.layers}["mean"]
    decoder.set_weights([loadings.T, shift])
    decoder.trainable = False
    vae.compile(keras.optimizers.Adam(0.02))
    vae.fit(x, epochs=epochs, batch_size=64, verbose=0)
    return vae


@pytest.fixture(scope="module")
def plain(world):
    return fitted(world, "normal").elbo(world[0], samples=500).mean()


@pytest.mark.parametrize("posterior", RICH)
def test_a_rich_posterior_closes_part_of_the_gap_to_the_exact_likelihood(world, posterior, plain):
    x, *_, log_p = world
    vae = fitted(world, RICH[posterior])
    gap, bound = log_p.mean() - plain, vae.elbo(x, samples=500).mean()
    assert gap > 0.3
    assert plain + 0.2 * gap < bound < log_p.mean() + 0.02
    if posterior == "full":  # the family holds the exact posterior
        assert bound > log_p.mean() - 0.1
    assert vae.log_likelihood(x, samples=500, same_draws=False).mean() == pytest.approx(log_p.mean(), abs=0.05)


def test_the_cholesky_factor_has_every_output_at_a_place_of_its_own():
    for d in (1, 2, 3, 5):
        n = d * (d - 1) // 2
        params = {"mean": np.zeros((2, d)), "conditional_log_var": np.log(np.arange(1.0, d + 1) ** 2) * np.ones((2, 1))}
        params |= {"below": 100.0 + np.arange(2 * n).reshape(2, n)} if n else {}
        factor = np.asarray(Full().distribution({name: keras.ops.convert_to_tensor(value.astype("float32"))
                                                 for name, value in params.items()}, Context()).cholesky)
        for i in range(2):
            np.testing.assert_allclose(np.diag(factor[i]), np.arange(1, d + 1), rtol=1e-5)
            np.testing.assert_array_equal(np.triu(factor[i], 1), 0)
            assert sorted(factor[i][np.tril_indices(d, -1)]) == sorted(params.get("below", np.zeros((2, 0)))[i])


def test_what_each_posterior_says_about_itself():
    assert [p.evaluable for p in (Full, IAF, RealNVP, Hamiltonian)] == [True, True, True, False]
    for name in ("hamiltonian", "planar"):
        with pytest.raises(zukan.InputError, match="its own samples only"):
            zukan.VAE((6,), posterior=name, prior="vamp")


@pytest.mark.parametrize("posterior", ["iaf", "realnvp", "full"])
def test_a_vamp_prior_and_dreg_fit_any_posterior_with_a_density_at_every_z(make, x, posterior):
    vae = make(posterior=posterior, prior={"name": "vamp", "components": 5}, objective={"name": "dreg", "k": 2}, latent_dim=3)
    losses = vae.fit(x, epochs=5, batch_size=8, verbose=0).history["loss"]
    assert losses[-1] < losses[0]
    z = np.asarray(vae.forward_pass(x, vae(x)).z)
    q = vae.posterior_of(vae.prior.pseudo_inputs.value)
    log_p = np.asarray(q.log_prob(z[:, :, None]))
    assert log_p.shape == (2, 40, 5)
    expected = np.log(np.exp(log_p).mean(-1))
    np.testing.assert_allclose(vae.prior.distribution(vae.context()).log_prob(z), expected, rtol=1e-4, atol=1e-5)


def test_the_flow_of_each_x_is_its_own(make, x):
    vae = make(posterior={"name": "iaf", "flows": 1, "units": [8], "context": 4})
    rng = np.random.default_rng(0)
    for weight in vae.trainable_variables:
        weight.assign(weight + 0.5 * rng.normal(size=weight.shape))
    q = vae.posterior_of(x[:2])
    start = np.zeros((1, 2, 2), "float32")
    images = np.asarray(q.transform(start)[0])[0]
    assert np.abs(images[0] - images[1]).max() > 1e-3


def test_a_hamiltonian_posterior_without_steps_is_the_normal_one(make, x):
    still, normal = make(posterior={"name": "hamiltonian", "steps": 0}), make()
    layers = {layer.name: layer for layer in still._inference.layers}
    for layer in normal._inference.layers:
        layers.get(layer.name, layers.get(f"base_{layer.name}")).set_weights(layer.get_weights())
    still._generation.set_weights(normal._generation.get_weights())
    np.testing.assert_allclose(still.elbo(x), normal.elbo(x), rtol=1e-5)
    np.testing.assert_allclose(still.encode(x, sample=True), normal.encode(x, sample=True), rtol=1e-5)


def test_a_hamiltonian_posterior_moves_draws_inside_a_model_and_starts_from_its_normal_outside(make, x):
    vae = make(posterior={"name": "hamiltonian", "steps": 3, "step_size": 0.4})
    base_mean, _, drawn = vae.encoder(x)
    np.testing.assert_allclose(vae.encode(x), base_mean, rtol=1e-5, atol=1e-6)
    assert drawn.shape == (40, 2)
    assert np.abs(vae.encode(x, sample=True) - np.asarray(base_mean)).max() > 0.5
    vae.fit(x, epochs=1, batch_size=8, verbose=0)
    assert not np.allclose(np.asarray(vae.posterior.step_size_logit), np.log(0.4 / 0.6), atol=1e-6)
    fixed = make(posterior={"name": "hamiltonian", "steps": 3, "learned": False})
    fixed.fit(x, epochs=1, batch_size=8, verbose=0)
    np.testing.assert_allclose(fixed.posterior.step_size_logit, np.log(0.05 / 0.95), rtol=1e-6)
