"""Flow, full-covariance and Hamiltonian posteriors in a model, and their bounds where log p(x) is known."""

import keras
import numpy as np
import pytest
import scipy.stats

import zukan
from zukan.context import Context
from zukan.posteriors import IAF, Full, Hamiltonian, RealNVP

FEATURES, SCALE = 5, 0.7


class World:
    """A linear-Gaussian model whose exact posterior is correlated, data drawn from it, and their exact log p(x)."""

    def __init__(self):
        rng = np.random.default_rng(0)
        self.W, self.b = rng.normal(size=(FEATURES, 2)) + 0.8, rng.normal(size=FEATURES)
        x = rng.normal(size=(256, 2)) @ self.W.T + self.b + SCALE * rng.normal(size=(256, FEATURES))
        self.x = x.astype("float32")
        covariance = self.W @ self.W.T + SCALE**2 * np.eye(FEATURES)
        self.log_p = scipy.stats.multivariate_normal(self.b, covariance).logpdf(self.x)
        self.covariance = np.linalg.inv(np.eye(2) + self.W.T @ self.W / SCALE**2)
        self.slope = self.W @ self.covariance / SCALE**2  # the posterior's mean is (x - b) @ slope

    def model(self, posterior, **heads):
        """Return a model with the exact decoder, and with these weights of the posterior's layers."""
        vae = zukan.VAE((FEATURES,), 2, encoder=keras.layers.Identity(), decoder=keras.layers.Identity(),
                        posterior=posterior, likelihood={"name": "normal", "scale": SCALE})
        layers = {layer.name: layer for layer in vae._inference.layers}
        for name, bias in heads.items():
            kernel = self.slope if name in {"mean", "base_mean"} else np.zeros((FEATURES, len(bias)))
            layers[name].set_weights([kernel, bias])
        decoder = {layer.name: layer for layer in vae._generation.layers}["mean"]
        decoder.set_weights([self.W.T, self.b])
        decoder.trainable = False
        return vae


@pytest.fixture(scope="module")
def world():
    return World()


def test_a_full_covariance_can_be_the_exact_posterior(world):
    factor = np.linalg.cholesky(world.covariance)
    vae = world.model("full", mean=-world.b @ world.slope, conditional_log_var=2 * np.log(np.diag(factor)),
                      below=factor[1:, 0])
    np.testing.assert_allclose(vae.log_likelihood(world.x, samples=1), world.log_p, atol=5e-4)
    elbo = vae.elbo(world.x, samples=1000, same_draws=False)
    np.testing.assert_allclose(elbo, world.log_p, atol=0.3)
    assert elbo.mean() == pytest.approx(world.log_p.mean(), abs=0.02)


@pytest.fixture(scope="module")
def best(world):
    """The bound of the best normal posterior with a diagonal covariance (mean field)."""
    gap = 0.5 * (np.log(np.diag(np.linalg.inv(world.covariance))).sum() + np.linalg.slogdet(world.covariance)[1])
    return world.log_p.mean() - gap


def test_a_flow_is_closer_to_the_exact_posterior_than_any_diagonal_normal(world, best):
    start = -np.log(np.diag(np.linalg.inv(world.covariance)))
    vae = world.model({"name": "iaf", "flows": 2, "units": [16], "context": 2}, base_mean=-world.b @ world.slope,
                      base_log_var=start)
    assert vae.elbo(world.x, samples=500).mean() == pytest.approx(best, abs=0.05)
    vae.compile(keras.optimizers.Adam(0.01))
    vae.fit(world.x, epochs=60, batch_size=64, verbose=0)
    bound = vae.elbo(world.x, samples=500).mean()
    assert best + 0.3 * (world.log_p.mean() - best) < bound < world.log_p.mean() + 0.01


def test_leapfrog_steps_raise_the_bound_towards_the_exact_likelihood(world):
    bounds = []
    for steps in (0, 4, 8):
        vae = world.model({"name": "hamiltonian", "steps": steps, "step_size": 0.04, "temperature": 0.5},
                          base_mean=0.7 * -world.b @ world.slope, base_log_var=np.zeros(2))
        bounds.append(vae.elbo(world.x, samples=500).mean())
    assert bounds[0] + 0.1 < bounds[1] < bounds[2] - 0.1
    assert bounds[2] < world.log_p.mean()
    exact = vae.log_likelihood(world.x[:32], samples=20_000)
    np.testing.assert_allclose(exact, world.log_p[:32], atol=0.15)


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
    vae = make(posterior=posterior, prior={"name": "vamp", "components": 5}, objective={"name": "iwae", "k": 2, "gradient": "dreg"}, latent_dim=3)
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
