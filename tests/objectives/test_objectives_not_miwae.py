"""Values missing not at random: bound and imputation against quadrature of the linear-Gaussian model, and training.

The model is x = W z + b + SCALE * noise, and x_j is missing with the probability sigmoid(slope_j x_j + intercept_j).
"""

import itertools

import keras
import numpy as np
import pytest
import scipy.special
import scipy.stats
from jax import numpy as jnp

import zukan
from zukan.context import Context, Draws, Shapes
from zukan.distributions import Categories, Normal, Observed, Poisson, Product
from zukan.likelihoods import Mixed
from zukan.objectives import ForwardPass, NotMIWAE

FEATURES, LATENT, SCALE = 3, 2, 0.7
SLOPE, INTERCEPT = np.array([2.5, -2.0, 0.0]), np.array([-0.5, 0.3, -1.0])


class World:
    """The model, rows with every pattern of at most two missing values, and what quadrature says about them."""

    def __init__(self):
        rng = np.random.default_rng(0)
        self.W, self.b = rng.normal(size=(FEATURES, LATENT)), rng.normal(size=FEATURES)
        self.covariance = self.W @ self.W.T + SCALE**2 * np.eye(FEATURES)
        self.observed = np.array([p for p in itertools.product([True, False], repeat=FEATURES) if any(p)])
        complete = rng.multivariate_normal(self.b, self.covariance, len(self.observed))
        self.x = np.where(self.observed, complete, np.nan)
        exact = [self._integrate(*row) for row in zip(self.x, self.observed, strict=True)]
        self.log_p, self.mean, self.variance = map(np.array, zip(*exact, strict=True))
        self.at_random = np.array([self._integrate(*row, slope=0 * SLOPE)[1]
                                   for row in zip(self.x, self.observed, strict=True)])

    def _integrate(self, x, o, slope=SLOPE):
        """Return log p(x_o, s), and mean and variance of x given x_o and s, by Gauss-Hermite quadrature over x_m."""
        inside, across = self.covariance[np.ix_(o, o)], self.covariance[np.ix_(~o, o)]
        gain = across @ np.linalg.inv(inside)
        root = np.linalg.cholesky(self.covariance[np.ix_(~o, ~o)] - gain @ across.T)
        points, weights = np.polynomial.hermite_e.hermegauss(80)
        grid = np.array(list(itertools.product(points, repeat=(~o).sum())))
        weight = np.array([np.prod(w) for w in itertools.product(weights / weights.sum(), repeat=(~o).sum())])
        full = np.tile(np.where(o, x, 0), (len(grid), 1))
        full[:, ~o] = self.b[~o] + gain @ (x[o] - self.b[o]) + grid @ root.T
        weight = weight * np.prod(scipy.special.expit(np.where(o, -1, 1) * (slope * full + INTERCEPT)), axis=1)
        total = weight.sum()
        log_p_x = scipy.stats.multivariate_normal(self.b[o], inside).logpdf(x[o])
        mean = weight @ full / total
        return log_p_x + np.log(total), mean, weight @ (full - mean) ** 2 / total

    def forward(self, samples, copies=1):
        """Return a pass in double precision, with a q(z|x) that is the prior moved and narrowed a little."""
        x, observed = np.tile(self.x, (copies, 1)), np.tile(self.observed, (copies, 1))
        rng = np.random.default_rng(1)
        q = Normal(jnp.full((len(x), LATENT), 0.1), jnp.full((len(x), LATENT), -0.1))
        z = 0.1 + np.exp(-0.05) * rng.normal(size=(samples, len(x), LATENT))
        p_x = Normal(jnp.asarray(z @ self.W.T + self.b), jnp.asarray(2 * np.log(SCALE)))
        context = Context(jnp.nan_to_num(jnp.asarray(x)), jnp.asarray(observed), step=jnp.float64(1.0),
                          draws=Draws(jnp.asarray(np.array([3, 5], "uint32")), purpose=1))
        return ForwardPass(context.x, q, jnp.asarray(z), Normal(jnp.zeros(LATENT), jnp.zeros(LATENT)),
                           Observed(p_x, context.observed), context)

    def model(self, likelihood):
        """Return a VAE with the true decoder and mechanism, whose q(z|x) is the prior."""
        vae = zukan.VAE((FEATURES,), LATENT, encoder=keras.layers.Identity(), decoder=keras.layers.Identity(),
                        likelihood=likelihood, objective="not-miwae", missing=True)
        for layer in vae.inference.layers:
            layer.set_weights([0 * weight for weight in layer.get_weights()])
        {layer.name: layer for layer in vae._generation.layers}["mean"].set_weights([self.W.T, self.b])
        vae.objective.set_weights([SLOPE, INTERCEPT])
        return vae


@pytest.fixture(scope="module")
def world():
    return World()


def objective(k, mechanism="self-masking"):
    built = NotMIWAE(k, mechanism)
    built.build(Shapes((FEATURES,), LATENT))
    built.set_weights([SLOPE, INTERCEPT])
    return built


@pytest.mark.usefixtures("double")
def test_the_bound_tends_to_the_exact_density_of_values_and_gaps(world):
    weights = np.exp(np.asarray(objective(40_000).importance(world.forward(40_000))[0]) - world.log_p)
    assert weights.dtype == np.float64
    errors = weights.std(0) / np.sqrt(len(weights))
    assert errors.max() < 0.02
    assert (np.abs(weights.mean(0) - 1) < 4 * errors).all()


@pytest.mark.usefixtures("double")
def test_the_bound_grows_with_k(world):
    one, few, many = (-np.asarray(objective(k)(world.forward(k, copies=150)).loss).mean() for k in (1, 5, 50))
    assert one < few < many < world.log_p.mean()


@pytest.mark.usefixtures("double")
def test_the_mechanism_is_minus_the_weighted_log_probability_of_the_gaps(world):
    forward = world.forward(6)
    log_weights, drawn = objective(6).importance(forward)
    forward = world.forward(6)  # the same draws again
    x = np.where(world.observed, np.nan_to_num(world.x), drawn)
    log_s = scipy.stats.bernoulli.logpmf(~world.observed, scipy.special.expit(SLOPE * x + INTERCEPT)).sum(-1)
    np.testing.assert_allclose(log_weights, np.asarray(forward.log_weights) + log_s, rtol=1e-6)
    terms = objective(6)(world.forward(6))
    shares = scipy.special.softmax(np.asarray(log_weights), axis=0)
    np.testing.assert_allclose(terms.extra["mechanism"], -(shares * log_s).sum(0), rtol=1e-6)
    np.testing.assert_allclose(terms.loss, -scipy.special.logsumexp(log_weights, axis=0) + np.log(6), rtol=1e-6)


@pytest.mark.parametrize("likelihood", [zukan.likelihoods.Normal(scale=SCALE),
                                        Mixed(numeric={"name": "normal", "scale": SCALE})], ids=["normal", "mixed"])
def test_imputation_is_the_conditional_mean_given_values_and_gaps(world, likelihood):
    vae = world.model(likelihood)
    filled = vae.impute(world.x.astype("float32"), samples=40_000)
    np.testing.assert_allclose(filled, world.mean, atol=0.04)
    gap = np.abs(world.mean - world.at_random)[~world.observed]
    assert gap.max() > 0.3  # as if missing at random, the answer is another one
    vae.objective.set_weights([0 * SLOPE, INTERCEPT])
    np.testing.assert_allclose(vae.impute(world.x.astype("float32"), samples=40_000), world.at_random, atol=0.04)


def test_multiple_imputations_have_the_conditional_mean_and_variance(world):
    vae, missing = world.model(zukan.likelihoods.Normal(scale=SCALE)), ~world.observed
    draws = vae.impute(world.x.astype("float32"), draws=200, samples=500)
    errors = (draws.mean(0) - world.mean)[missing] / np.sqrt(world.variance[missing] / 200)
    assert np.abs(errors).max() < 5
    assert (draws.var(0)[missing] / world.variance[missing]).mean() == pytest.approx(1.0, abs=0.1)


def test_training_fills_large_values_that_are_missing_better_than_a_model_that_does_not_ask_why():
    rng = np.random.default_rng(0)
    z = rng.normal(size=(500, 1))
    complete = (z @ [[1.0, 0.9, -0.8, 0.7]] + 0.4 * rng.normal(size=(500, 4))).astype("float32")
    x = complete.copy()
    x[:, :2][complete[:, :2] > 0.2] = np.nan  # as in the paper's experiments, large values of half of the columns
    errors = {}
    for name in ({"name": "iwae", "k": 10}, {"name": "not-miwae", "k": 10, "mechanism": "self-masking-high"}):
        vae = zukan.VAE((4,), 1, encoder={"name": "mlp", "units": [16]}, decoder=keras.layers.Identity(),
                        likelihood="normal", objective=name, missing=True)
        vae.compile(keras.optimizers.Adam(0.01))
        vae.fit(x, batch_size=100, epochs=150, verbose=0)
        filled = vae.impute(x, samples=500, batch_size=500)
        errors[name["name"]] = np.sqrt(np.mean((filled - complete)[np.isnan(x)] ** 2))
    assert errors["not-miwae"] < 0.7 * errors["iwae"]
    assert (np.asarray(vae.objective.slope)[:2] > 2).all()


def test_intercepts_start_at_the_share_of_gaps_and_slopes_have_the_sign_that_is_given():
    x = np.array([[np.nan, 1.0], [2.0, 1.0], [np.nan, 3.0], [np.nan, 1.0]], "float32")
    for mechanism, sign in (("self-masking", 0), ("self-masking-high", 1), ("self-masking-low", -1)):
        part = NotMIWAE(2, mechanism)
        part.build(Shapes((2,), 1))
        part.begin(x, 0, None)
        np.testing.assert_allclose(part.intercept, np.log([3.5 / 1.5, 0.5 / 4.5]), rtol=1e-5)
        np.testing.assert_array_equal(np.sign(part.slope), [sign, sign])
        part.set_weights([np.full(2, -3.0), np.zeros(2)])
        np.testing.assert_array_equal(np.sign(part.slope), [sign or -1] * 2)


def test_only_numbers_have_a_mechanism_and_other_columns_keep_their_probabilities():
    rng = np.random.default_rng(0)
    numbers, levels = Normal(jnp.zeros((4, 2)), jnp.zeros((4, 2))), Categories(jnp.asarray(rng.normal(size=(4, 1, 3))))
    product = Product([numbers, Poisson(jnp.ones((4, 1))), levels], [np.array([0, 3]), np.array([2]), np.array([1])])
    np.testing.assert_array_equal(product.reparameterized, [True, False, False, True])
    value = np.arange(16.0, dtype="float32").reshape(4, 4) % 3
    expected = np.concatenate([value[:, [0, 3]], np.asarray(product.summary)[:, 2:]], axis=1)
    np.testing.assert_allclose(product.summary_given(jnp.asarray(value)), expected, rtol=1e-6)


def test_columns_of_a_table_that_are_no_numbers_are_missing_at_random():
    columns = [{"name": "kind", "kind": "category", "levels": ["a", "b", "c"]}, {"name": "size", "kind": "number"},
               {"name": "times", "kind": "count"}]
    vae = zukan.VAE((3,), 2, encoder={"name": "mlp", "units": [4]}, objective="not-miwae", missing=True,
                    likelihood=Mixed(columns, counts="poisson"))
    vae.objective.set_weights([SLOPE, INTERCEPT])
    rng = np.random.default_rng(0)
    x = np.stack([rng.integers(3, size=20), rng.normal(size=20), rng.poisson(2, 20)], axis=1).astype("float32")
    x[rng.random(x.shape) < 0.4] = np.nan
    forward = vae.forward_pass(x, vae(x))
    log_weights, drawn = vae.objective.importance(forward)
    missing, size = np.isnan(x[:, 1]), np.where(np.isnan(x[:, 1]), drawn[:, :, 1], x[:, 1])
    expected = scipy.stats.bernoulli.logpmf(missing, scipy.special.expit(SLOPE[1] * size + INTERCEPT[1]))
    np.testing.assert_allclose(log_weights - forward.log_weights, expected, atol=1e-4)
    for filled in (vae.impute(x), *vae.impute(x, draws=2)):
        np.testing.assert_array_equal(filled[~np.isnan(x)], x[~np.isnan(x)])
        assert set(filled[:, 0]) <= {0.0, 1.0, 2.0}


@pytest.mark.parametrize(("options", "words"), [
    ({"likelihood": "normal"}, "missing=True"), ({"missing": True}, "likelihood of numbers, got Bernoulli"),
    ({"missing": True, "likelihood": "poisson"}, "likelihood of numbers, got Poisson"),
    ({"missing": True, "likelihood": "normal", "objective": {"name": "not-miwae", "mechanism": "high"}}, "self-masking-high"),
], ids=repr)
def test_mistakes_are_one_sentence(options, words):
    with pytest.raises(zukan.InputError, match=words) as caught:
        zukan.VAE(**{"event_shape": (4,), "objective": "not-miwae", **options})
    assert "\n" not in str(caught.value)
