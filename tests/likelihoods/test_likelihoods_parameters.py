"""Heads with several values an element, scales, degrees of freedom, and bits per dimension."""

import keras
import numpy as np
import pytest
import scipy.stats
from keras import layers

import zukan
from zukan.evaluation.likelihood import likelihood as measured
from zukan.likelihoods.base import head

MLP = {"name": "mlp", "units": [6]}


def model(likelihood, shape=(4,), encoder=MLP, **options):
    vae = zukan.VAE(shape, encoder=encoder, likelihood=likelihood, **options)
    vae.compile(keras.optimizers.Adam(0.01))
    return vae


@pytest.mark.parametrize("features", [(7,), (5, 3, 8), (2, 2, 8)])
@pytest.mark.parametrize("values", [0, 1, 3])
def test_a_head_has_several_values_for_each_element(features, values):
    x = keras.Input(features)
    event = (5, 3, 2)
    network = keras.Model(x, head(x, event, "name", values))
    assert network.output.shape == (None, *event, *([values] if values else []))
    at_each_position = features[:-1] == event[:-1]
    dense = next(layer for layer in network.layers if isinstance(layer, layers.Dense))
    assert dense.units == max(values, 1) * (2 if at_each_position else 30)
    # Every value depends on its own weights.
    out = np.asarray(network(np.random.default_rng(0).normal(size=(1, *features)))).ravel()
    assert len(np.unique(out)) == out.size


@pytest.mark.parametrize("encoder", [MLP, {"name": "conv", "filters": [3, 4], "units": 6}])
@pytest.mark.parametrize("name", ["categorical", "logistic-mixture", "poisson"])
def test_likelihoods_with_several_values_fit_every_decoder(encoder, name):
    vae = model(name, (6, 5, 2), encoder)
    x = np.random.default_rng(0).integers(0, 2, (8, 6, 5, 2)).astype("float32")
    assert np.isfinite(vae.fit(x, verbose=0).history["loss"]).all()
    assert vae.sample(3, draw=True).shape == vae.sample(3).shape == (3, 6, 5, 2)
    terms, elbo = vae.reconstruction_terms(x), vae.elbo(x)
    np.testing.assert_allclose(terms.reshape(8, -1).sum(axis=1) + vae.kl_terms(x).sum(axis=1), -elbo, rtol=1e-4)


ORACLES = {"normal": scipy.stats.norm, "laplace": scipy.stats.laplace, "hyperbolic-secant": scipy.stats.hypsecant, "student-t": lambda m, s: scipy.stats.t(3.5, m, s)}


@pytest.mark.parametrize("scale", [0.3, "learned", "heads"])
@pytest.mark.parametrize("name", ORACLES)
def test_scales(name, scale):
    vae = model({"name": name, "scale": scale, **({"df": 3.5} if name == "student-t" else {})})
    x = np.random.default_rng(0).normal(size=(64, 4)).astype("float32")
    vae.fit(x, epochs=3, verbose=0)
    outputs = vae.run_pass(x, 1, keras.random.SeedGenerator(0))
    log_prob = np.asarray(vae.forward_pass(x, outputs).p_x.log_prob(x))[0]
    params = {key: np.asarray(value)[0] for key, value in outputs["p_x"].items()}
    if scale == "heads":
        own = np.exp(params["log_var"] / 2)
        assert own.std(axis=0).min() > 0
    else:
        assert set(params) == {"mean"}
        own = 0.3 if scale == 0.3 else np.exp(float(vae.likelihood.log_var) / 2)
        assert scale == 0.3 or own != 1  # it is trained
    np.testing.assert_allclose(log_prob, ORACLES[name](params["mean"], own).logpdf(x).sum(axis=-1), rtol=1e-4, atol=1e-4)


def test_degrees_of_freedom_are_learned_and_bounded():
    x = np.random.default_rng(0).normal(size=(256, 4)).astype("float32")
    x[::20] *= 30
    vae = model("student-t")
    before = float(vae.likelihood.distribution({"mean": x}, None).df)
    vae.fit(x, epochs=20, verbose=0)
    after = float(vae.likelihood.distribution({"mean": x}, None).df)
    assert 2 < after < before < 6
    with pytest.raises(zukan.InputError, match=r"df \(a number, or 'learned'\) must be a finite number above 2, got 1.5"):
        model({"name": "student-t", "df": 1.5})
    with pytest.raises(zukan.InputError, match=r"scale \(a number, 'learned', 'feature' or 'heads'\) must be a finite number above 0"):
        model({"name": "laplace", "scale": "head"})


@pytest.mark.parametrize("name", ["categorical", "logistic-mixture"])
def test_bits_per_dimension_are_those_of_the_bound(name):
    vae = model(name)
    x = np.random.default_rng(0).integers(0, 256, (32, 4)).astype("float32") / np.float32(255)
    test = measured(vae, x)
    assert test["bits_per_dimension"] == pytest.approx(-test["bound"] / 4 / np.log(2))
    assert 0 < test["bits_per_dimension"] < 30
    np.testing.assert_array_equal(vae.likelihood.least_cost(x), 0)
    # All values of one element, the others as they are: the probabilities of a code add up to 1.
    grid = np.repeat(x[:1], 256, axis=0)
    grid[:, 1] = np.arange(256) / np.float32(255)
    p = vae.likelihood.distribution({key: np.asarray(value)[0] for key, value in vae.run_pass(
        x[:1], 1, keras.random.SeedGenerator(0))["p_x"].items()}, None)
    assert np.exp(np.asarray(p.log_prob_terms(grid))[:, 1].astype("float64")).sum() == pytest.approx(1, abs=1e-4)


@pytest.mark.parametrize(("name", "missing"), [("bernoulli", False), ("normal", False), ("continuous-bernoulli", False),
                                               ("poisson", False), ("categorical", True)])
def test_other_bounds_are_not_shown_in_bits(name, missing):
    x = np.random.default_rng(0).integers(0, 2, (8, 4)).astype("float32")
    assert "bits_per_dimension" not in measured(model(name, missing=missing), x)


def test_an_item_without_any_value_has_the_size_of_the_typical_item():
    vae = zukan.VAE((6,), 2, encoder={"name": "mlp", "units": [4]}, likelihood={"name": "poisson", "size_factor": True}, missing=True)
    counts = np.random.default_rng(0).poisson(3.0, (40, 6)).astype("float32")
    vae.compile("adam")
    vae.fit(counts, batch_size=8, verbose=0)
    counts[0] = np.nan
    assert 1 < vae.impute(counts[:2], samples=4)[0].mean() < 6


@pytest.mark.parametrize("scale", ["learned", "feature"])
def test_a_learned_scale_starts_where_it_is_told(scale):
    vae = model({"name": "normal", "scale": scale, "start": 0.1})
    x = np.random.default_rng(0).normal(size=(3, 4)).astype("float32")
    outputs = vae.run_pass(x, 1, keras.random.SeedGenerator(0))
    log_prob = np.asarray(vae.forward_pass(x, outputs).p_x.log_prob(x))[0]
    expected = scipy.stats.norm(np.asarray(outputs["p_x"]["mean"])[0], 0.1).logpdf(x).sum(axis=1)
    np.testing.assert_allclose(log_prob, expected, rtol=1e-5)
