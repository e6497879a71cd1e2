"""Missing values: bounds of a linear-Gaussian model equal the exact log p of what is observed, and gaps are filled."""

import keras
import numpy as np
import pytest
import scipy.stats

import zukan
from zukan.likelihoods import Mixed, Normal

FEATURES, LATENT, SCALE = 4, 2, 0.7


class World:
    """x = W z + b + SCALE * noise, with values missing at random."""

    def __init__(self):
        rng = np.random.default_rng(0)
        self.W, self.b = rng.normal(size=(FEATURES, LATENT)), rng.normal(size=FEATURES)
        z = rng.normal(size=(24, LATENT))
        complete = z @ self.W.T + self.b + SCALE * rng.normal(size=(24, FEATURES))
        self.observed = rng.random(complete.shape) < 0.6
        self.observed[:4] = np.arange(FEATURES) < np.arange(4)[:, None] + 1  # one to four values
        self.observed[4:, 0] |= ~self.observed[4:].any(1)
        self.x = np.where(self.observed, complete, np.nan).astype("float32")
        self.covariance = self.W @ self.W.T + SCALE**2 * np.eye(FEATURES)
        self.log_p = np.array([self.marginal(o).logpdf(x[o]) for x, o in zip(self.x, self.observed, strict=True)])

    def marginal(self, observed):
        return scipy.stats.multivariate_normal(self.b[observed], self.covariance[np.ix_(observed, observed)])

    def posterior(self, x, observed):
        """Return mean and covariance of p(z | x_observed)."""
        w = self.W[observed]
        covariance = np.linalg.inv(np.eye(LATENT) + w.T @ w / SCALE**2)
        return covariance @ w.T @ (x[observed] - self.b[observed]) / SCALE**2, covariance

    def expected(self):
        """Return E[x_missing | x_observed] by conditioning the joint normal."""
        filled = self.x.astype("float64")
        for x, o in zip(filled, self.observed, strict=True):
            gain = self.covariance[np.ix_(~o, o)] @ np.linalg.inv(self.covariance[np.ix_(o, o)])
            x[~o] = self.b[~o] + gain @ (x[o] - self.b[o])
        return filled


class LookUp(keras.layers.Layer):
    """Features of an example: the mean and log-variance of its exact posterior, found by the observed values."""

    def __init__(self, keys, values):
        super().__init__()
        self.keys, self.values = keys, values

    def call(self, inputs):
        same = keras.ops.all(keras.ops.abs(inputs[:, None] - self.keys) < 1e-6, axis=-1)
        return keras.ops.cast(same, "float32") @ self.values

    def compute_output_shape(self, shape):
        return (shape[0], self.values.shape[1])


@pytest.fixture(scope="module")
def world():
    return World()


def build(world, likelihood=None, shift=0.0):
    """Return the true decoder, and an encoder with the variances of the exact posterior, and its mean plus ``shift``."""
    seen = np.concatenate([np.nan_to_num(world.x), world.observed], axis=1).astype("float32")
    exact = [world.posterior(x, o) for x, o in zip(world.x, world.observed, strict=True)]
    features = np.array([[*mean, *np.log(np.diag(cov))] for mean, cov in exact], "float32")
    vae = zukan.VAE((FEATURES,), LATENT, encoder=LookUp(seen, features), decoder=keras.layers.Identity(),
                    likelihood=likelihood or Normal(scale=SCALE), missing=True)
    heads = {layer.name: layer for layer in vae._inference.layers}
    heads["mean"].set_weights([np.eye(4, 2), np.full(2, shift)])
    heads["log_var"].set_weights([np.eye(4, 2, -2), np.zeros(2)])
    {layer.name: layer for layer in vae._generation.layers}["mean"].set_weights([world.W.T, world.b])
    return vae


@pytest.fixture(scope="module", params=["normal", "mixed"])
def vae(world, request):
    return build(world, Mixed(numeric={"name": "normal", "scale": SCALE}) if request.param == "mixed" else None)


@pytest.fixture(scope="module")
def shifted(world):
    return build(world, Mixed(numeric={"name": "normal", "scale": SCALE}), shift=0.4)


def test_the_importance_weighted_bound_tends_to_the_exact_marginal_of_what_is_observed(world, vae):
    bound = vae.log_likelihood(world.x, samples=20_000, batch_size=24)
    np.testing.assert_allclose(bound, world.log_p, atol=0.05)
    assert bound.mean() == pytest.approx(world.log_p.mean(), abs=0.01)


def test_the_elbo_is_below_by_the_kl_to_the_exact_posterior(world, vae):
    slack = world.log_p - vae.elbo(world.x, samples=20_000, batch_size=24)
    # q has the variances of the exact posterior but no correlation r: KL = -log(1 - r^2) / 2 + r^2 / (1 - r^2).
    expected = []
    for x, o in zip(world.x, world.observed, strict=True):
        covariance = world.posterior(x, o)[1]
        r2 = covariance[0, 1] ** 2 / covariance[0, 0] / covariance[1, 1]
        expected.append(0.5 * np.log(1 - r2) + r2 / (1 - r2))
    np.testing.assert_allclose(slack, expected, atol=0.06)


def test_a_missing_value_has_no_share_in_the_reconstruction(world, vae):
    shares = vae.attribution(world.x)
    np.testing.assert_array_equal(shares[~world.observed], 0)
    assert (shares[world.observed] != 0).all()
    np.testing.assert_allclose(shares.sum(1) + vae.kl_terms(world.x).sum(1), -vae.elbo(world.x), rtol=1e-4)


def test_imputation_is_the_conditional_mean(world, shifted):
    filled = shifted.impute(world.x, samples=20_000, batch_size=24)
    np.testing.assert_array_equal(filled[world.observed], world.x[world.observed])
    np.testing.assert_allclose(filled, world.expected(), atol=0.04)


def test_multiple_imputations_have_the_conditional_mean_and_variance(world, shifted):
    draws = shifted.impute(world.x, draws=300, samples=200, batch_size=24)
    assert draws.shape == (300, *world.x.shape)
    np.testing.assert_array_equal(draws[:, world.observed], np.broadcast_to(world.x[world.observed], (300, world.observed.sum())))
    errors, ratios = [], []
    for i, o in enumerate(world.observed):
        if not o.all():
            inside = world.covariance[np.ix_(o, o)]
            across = world.covariance[np.ix_(~o, o)]
            variance = np.diag(world.covariance[np.ix_(~o, ~o)] - across @ np.linalg.inv(inside) @ across.T)
            errors += ((draws[:, i, ~o].mean(0) - world.expected()[i, ~o]) / np.sqrt(variance / 300)).tolist()
            ratios += (draws[:, i, ~o].var(0) / variance).tolist()
    assert np.abs(errors).max() < 5
    assert np.mean(ratios) == pytest.approx(1.0, abs=0.06)


@pytest.mark.parametrize("likelihood", ["bernoulli", "normal"])
def test_what_stands_in_place_of_a_missing_value_changes_nothing(likelihood):
    rng = np.random.default_rng(0)
    x = rng.random((12, 5)).astype("float32")
    observed = rng.random(x.shape) < 0.7
    vae = zukan.VAE((5,), 2, encoder={"name": "mlp", "units": [4]}, likelihood=likelihood, missing=True)
    whole = vae.forward_pass(x, vae(x))
    gaps = np.where(observed, x, np.nan)
    forward = vae.forward_pass(gaps, vae(gaps))
    np.testing.assert_array_equal(forward.context.observed, observed)
    np.testing.assert_array_equal(forward.x, np.where(observed, x, 0))
    full = np.asarray(forward.p_x.distribution.log_prob_terms(x))
    np.testing.assert_allclose(forward.log_p_x, np.where(observed, full, 0).sum(-1), rtol=1e-5)
    assert np.isfinite(np.asarray(forward.elbo)).all()
    np.testing.assert_allclose(whole.log_p_x, np.asarray(whole.p_x.distribution.log_prob(x)), rtol=1e-6)


def test_the_encoder_tells_a_zero_from_a_missing_value():
    vae = zukan.VAE((5,), 2, encoder={"name": "mlp", "units": [4]}, missing=True)
    zero, gap = np.full((2, 1, 5), 0.5, "float32")
    zero[0, 2], gap[0, 2] = 0.0, np.nan
    assert (vae.encode(zero) != vae.encode(gap)).any()
    assert (vae.predict(zero, verbose=0) != vae.predict(gap, verbose=0)).any()


def test_mistakes_are_one_sentence(world, vae):
    whole = zukan.VAE((FEATURES,), LATENT, likelihood="normal")
    point = zukan.VAE((FEATURES,), LATENT, posterior="delta", objective="reconstruction", likelihood="normal", missing=True)
    for call, words in ((lambda: whole.encode(world.x), "missing=True"), (lambda: whole.impute(world.x), "missing=True"),
                        (lambda: point.impute(world.x), "density"),
                        (lambda: vae.encode(np.full((2, FEATURES), np.nan, "float32")), "all of them are missing"),
                        (lambda: vae.encode(np.where(world.observed, world.x, np.inf)), "infinity")):
        with pytest.raises(zukan.InputError, match=words) as caught:
            call()
        assert "\n" not in str(caught.value)
