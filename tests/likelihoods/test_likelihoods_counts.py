"""Likelihoods of counts: what they refuse, where they start, size factors, dispersions, and what the encoder sees."""

import keras
import numpy as np
import pytest
import scipy.special
import scipy.stats

import zukan
from zukan.context import Context

MLP = {"name": "mlp", "units": [6]}


def counts(n, width=5, seed=0):
    """Return counts of items whose totals differ widely."""
    rng = np.random.default_rng(seed)
    rates = np.exp(rng.normal(2.0, 1.0, (n, 1))) * np.array([0.1, 0.5, 1.0, 4.0, 20.0])[:width]
    return rng.poisson(rates).astype("float32")


def model(likelihood="poisson", shape=(5,), encoder=MLP, **options):
    vae = zukan.VAE(shape, encoder=encoder, likelihood=likelihood, **options)
    vae.compile(keras.optimizers.Adam(0.01))
    return vae


def p_x(vae, x):
    """Return p(x|z) for one draw of z per item, and what the decoder gave for it."""
    outputs = vae.run_pass(x, 1, keras.random.SeedGenerator(0))
    return vae.forward_pass(x, outputs).p_x, {name: np.asarray(value)[0] for name, value in outputs["p_x"].items()}


@pytest.mark.parametrize(("likelihood", "x", "words"), [
    ("poisson", [[0.0, 1.5, 2.0]], r"x must hold whole numbers for this likelihood, got 1\.5; leave counts unscaled"),
    ("negative-binomial", [[0.0, -1.0, 2.0]], r"lie in \[0, inf\] for this likelihood, got values from -1 to 2; leave counts"),
    ("categorical", [[0.0, 0.5, 1.0]], r"whole multiples of 1/255 \(levels of images, scaled to \[0, 1\]\) .*, got 0\.5; give"),
    ("logistic-mixture", [[0.0, 0.3, 1.0]], "likelihood='continuous-bernoulli'"),
    ("categorical", [[0.0, 2.0, 255.0]], r"lie in \[0, 1\] .* divide by 255"),
    ("continuous-bernoulli", [[0.0, 1.2, 0.5]], r"lie in \[0, 1\]")])
def test_data_that_do_not_fit_are_refused_in_one_sentence(likelihood, x, words):
    vae = model(likelihood, (3,))
    for call in (vae.fit, vae.elbo, vae.encode):
        with pytest.raises(zukan.InputError, match=words) as caught:
            call(np.float32(x))
        assert "\n" not in str(caught.value)


def test_levels_in_single_precision_and_missing_counts_are_accepted():
    levels = (np.arange(256).astype("uint8") / np.float32(255)).reshape(2, 128)
    model("categorical", (128,)).likelihood.check("x", levels)
    model("categorical", (128,)).likelihood.check("x", np.float32(levels.astype("float16")[:1, :1]))  # 0
    vae = model(missing=True)
    x = counts(8)
    x[0, 1] = np.nan
    vae.likelihood.check("x", x, missing=True)
    assert np.isfinite(vae.fit(x, verbose=0).history["loss"]).all()


@pytest.mark.parametrize(("argument", "value", "words"), [
    ("dispersion", "features", "dispersion must be one of 'feature', 'heads', 'scalar', got 'features'")])
def test_unknown_settings_are_refused(argument, value, words):
    with pytest.raises(zukan.InputError, match=words):
        model({"name": "negative-binomial", argument: value})


@pytest.mark.parametrize("shape", [(5,), (3, 4, 2)])
@pytest.mark.parametrize("size_factor", [False, True])
def test_before_the_first_step_the_rates_are_those_of_the_data(shape, size_factor):
    vae = model({"name": "poisson", "size_factor": size_factor}, shape, "mlp" if len(shape) == 1 else "conv")
    x = np.random.default_rng(0).poisson(np.arange(1.0, np.prod(shape) + 1).reshape(shape) * 3, (400, *shape)).astype("float32")
    x[200:] = 1e6  # held out: must not count
    vae.begin(x, validation_split=0.5)
    rates = vae.decode(np.zeros((1, 2)))[0]  # biases are 0, so that the code 0 gives the start
    np.testing.assert_allclose(rates, x[:200].mean(axis=0), rtol=0.01)


def test_a_prior_fitted_afterwards_leaves_the_decoder_alone():
    vae = model({"name": "poisson", "size_factor": True})
    x = counts(32)
    vae.fit(x, epochs=2, verbose=0)
    z = np.random.default_rng(0).normal(size=(4, 2))
    new = vae.fit_prior(counts(64, seed=9) * 50, epochs=1)
    np.testing.assert_array_equal(new.decode(z), vae.decode(z))


@pytest.mark.parametrize("zero_inflated", [False, True])
def test_with_a_size_factor_the_rates_add_up_to_the_total_of_the_item(zero_inflated):
    vae = model({"name": "poisson", "size_factor": True, "zero_inflated": zero_inflated})
    x = counts(16)
    x[0] = 0.0
    vae.fit(x, verbose=0)
    distribution, params = p_x(vae, x)
    rates = distribution.counts.mean if zero_inflated else distribution.mean
    shares = scipy.special.softmax(params["log_rate"], axis=-1)
    totals = np.maximum(x.sum(axis=1, keepdims=True), 1)
    np.testing.assert_allclose(rates[0], shares * totals, rtol=1e-4)
    # A model that only generates uses the mean total.
    generated = np.exp(params["log_rate"]).sum(axis=-1)
    np.testing.assert_allclose(generated, x.sum(axis=1).mean() + 2.5 / 16, rtol=1e-4)
    assert (vae.likelihood.given, model().likelihood.given) == ("size", "")


def test_reconstructions_have_the_size_of_the_item_in_every_way():
    vae = model({"name": "negative-binomial", "size_factor": True})
    x = counts(16)
    vae.fit(x, verbose=0)
    np.testing.assert_allclose(vae.reconstruct(x).sum(axis=1), x.sum(axis=1), rtol=1e-4)
    np.testing.assert_allclose(vae.predict(x, verbose=0), vae.reconstruct(x), rtol=1e-4)
    decoded = vae.decode(vae.encode(x)).sum(axis=1)
    np.testing.assert_allclose(decoded, decoded[0], rtol=1e-4)


def test_with_missing_values_the_observed_rates_add_up_to_the_observed_total():
    vae = model({"name": "poisson", "size_factor": True}, missing=True)
    x = counts(16)
    x[np.random.default_rng(1).random(x.shape) < 0.3] = np.nan
    x[:, 4] = np.where(np.isnan(x[:, 4]), 7, x[:, 4])
    vae.fit(x, verbose=0)
    rates = np.asarray(p_x(vae, x)[0].mean)[0]
    np.testing.assert_allclose(np.where(np.isnan(x), 0, rates).sum(axis=1), np.nansum(x, axis=1), rtol=1e-4)
    reconstructed = np.where(np.isnan(x), 0, vae.predict(x, verbose=0)).sum(axis=1)
    np.testing.assert_allclose(reconstructed, np.nansum(x, axis=1), rtol=1e-4)


@pytest.mark.parametrize(("dispersion", "shape"), [("scalar", ()), ("feature", (5,)), ("heads", None)])
def test_dispersions(dispersion, shape):
    vae = model({"name": "negative-binomial", "dispersion": dispersion})
    x = counts(16)
    vae.fit(x, epochs=2, verbose=0)
    distribution, params = p_x(vae, x)
    if shape is None:
        own = params["log_dispersion"]
        assert np.std(own, axis=0).min() > 0
    else:
        own = np.asarray(vae.likelihood.log_dispersion)
        assert own.shape == shape
        assert (own != 0).all()  # it is trained
    r, mean = np.exp(-own), np.exp(params["log_rate"])
    expected = scipy.stats.nbinom.logpmf(x, r, r / (r + mean)).sum(axis=-1)
    np.testing.assert_allclose(np.asarray(distribution.log_prob(x))[0], expected, rtol=1e-4)


def test_the_encoder_sees_log1p():
    vae, other = model("poisson"), model("normal")
    other.inference.set_weights(vae.inference.get_weights())
    x = counts(8)
    np.testing.assert_allclose(vae.encode(x), other.encode(np.log1p(x)), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(vae.encoder(x)[0], other.encode(np.log1p(x)), rtol=1e-5, atol=1e-6)
    assert np.isfinite(vae.likelihood.as_input(np.float32([-3.0, 0.0]))).all()


def test_generated_counts_are_whole_numbers_and_large_ones_are_finite():
    vae = model({"name": "negative-binomial", "zero_inflated": True})
    x = np.float32([[0, 0, 0, 0, 2**24], [0, 1, 2, 3, 10**7]])
    history = vae.fit(x, epochs=5, verbose=0).history
    assert np.isfinite(list(history.values())).all()
    drawn = vae.sample(20, draw=True)
    np.testing.assert_array_equal(drawn, np.rint(drawn))
    assert drawn.min() >= 0
    assert len(np.unique(drawn)) > 5


def test_a_likelihood_outside_of_a_pass_uses_the_mean_total():
    vae = model({"name": "poisson", "size_factor": True})
    vae.begin(counts(16))
    rates = vae.likelihood.distribution({"log_rate": np.log(np.full((1, 5), 3.0, "float32"))}, Context()).mean
    np.testing.assert_allclose(rates, 3.0, rtol=1e-6)
