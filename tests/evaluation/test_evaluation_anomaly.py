"""Scores, thresholds, p-values and attributions against closed forms."""

import numpy as np
import pytest
import scipy.special
import scipy.stats

import zukan
from zukan import plots
from zukan.evaluation.anomaly import p_values, threshold


@pytest.fixture(scope="module")
def model():
    return zukan.VAE((5,), encoder={"name": "mlp", "units": [6]}, likelihood={"name": "normal", "scale": 0.5})


X = np.random.default_rng(0).normal(size=(9, 5)).astype("float32")


@pytest.mark.parametrize("samples", [1, 3])
def test_attributions_add_up_to_the_elbo(model, samples):
    parts = model.attribution(X, samples=samples, seed=4)
    assert parts.shape == X.shape
    total = parts.sum(axis=1) + model.kl_terms(X).sum(axis=1)
    np.testing.assert_allclose(total, -model.elbo(X, samples=samples, seed=4), rtol=1e-5)


def test_attributions_are_densities_of_elements(model):
    z = model.encode(X, sample=True, seed=4)
    expected = -scipy.stats.norm.logpdf(X, model.decode(z), 0.5)
    np.testing.assert_allclose(model.reconstruction_terms(X, seed=4, same_draws=False), expected, rtol=1e-4, atol=1e-5)
    np.testing.assert_array_equal(model.attribution(X), model.reconstruction_terms(X))
    images = (np.random.default_rng(1).random((4, 3, 2, 1)) > 0.5).astype("float32")
    vae = zukan.VAE((3, 2, 1), encoder={"name": "mlp", "units": [6]})
    p = vae.decode(vae.encode(images, sample=True))
    costs = vae.reconstruction_terms(images, same_draws=False)
    np.testing.assert_allclose(costs, -np.log(np.where(images > 0, p, 1 - p)), rtol=1e-4)
    np.testing.assert_array_equal(vae.attribution(images), vae.reconstruction_terms(images))  # zeros and ones


def test_gray_levels_are_scored_without_their_own_entropy():
    x = np.random.default_rng(2).random((6, 4)).astype("float32")
    x[0] = 0.5
    vae = zukan.VAE((4,), encoder={"name": "mlp", "units": [6]}, posterior="delta", objective="reconstruction")
    p = vae.reconstruct(x)
    divergence = scipy.special.rel_entr(x, p) + scipy.special.rel_entr(1 - x, 1 - p)  # KL(x || p)
    np.testing.assert_allclose(vae.attribution(x), divergence, rtol=1e-3, atol=1e-5)
    vae = zukan.VAE((4,), encoder={"name": "mlp", "units": [6]})
    entropy = scipy.stats.bernoulli(x).entropy().sum(axis=1)
    np.testing.assert_allclose(vae.score(x), -vae.log_likelihood(x, samples=32, batch_size=128) - entropy, rtol=1e-4)
    np.testing.assert_allclose(vae.score(x, samples=1), vae.attribution(x).sum(1) + vae.kl_terms(x).sum(1), rtol=1e-3, atol=1e-4)
    missing = zukan.VAE((4,), encoder={"name": "mlp", "units": [6]}, missing=True)
    x[0, 1] = np.nan
    assert missing.attribution(x)[0, 1] == 0
    assert np.isfinite(missing.score(x)).all()


def test_scores_are_minus_the_bounds(model):
    np.testing.assert_array_equal(model.score(X, samples=1), -model.elbo(X, batch_size=128))
    np.testing.assert_array_equal(model.score(X), -model.log_likelihood(X, samples=32, batch_size=128))


def test_attribution_needs_independent_elements():
    from zukan.distributions import Mixture, Normal

    with pytest.raises(zukan.InputError, match="attribution needs .* got Mixture, which has none"):
        Mixture(np.zeros(2), Normal(np.zeros((2, 3)), np.zeros((2, 3)))).log_prob_terms(np.zeros(3))


@pytest.mark.parametrize(("n", "quantile", "rank"), [(99, 0.99, 99), (199, 0.99, 198), (9, 0.5, 5), (19, 0.95, 19)])
def test_threshold_is_the_conformal_quantile(n, quantile, rank):
    values = np.random.default_rng(n).permutation(n).astype(float)
    assert threshold(values, quantile) == rank - 1


def test_the_rate_of_false_alarms():
    rng = np.random.default_rng(0)
    alarms = [rng.exponential() > threshold(rng.exponential(size=29), 0.9) for _ in range(4000)]
    assert scipy.stats.binomtest(int(np.sum(alarms)), 4000, 0.1).pvalue > 1e-3


def test_p_values_against_a_count():
    held_out, scores = np.array([3.0, 1.0, 2.0, 2.0]), np.array([0.0, 1.0, 2.0, 2.5, 9.0])
    assert p_values(scores, held_out).tolist() == [(1 + (held_out >= s).sum()) / 5 for s in scores]


@pytest.mark.parametrize("quantile", [0.999, 1.0, 2.0])
def test_a_quantile_that_needs_more_held_out_items(quantile):
    with pytest.raises(zukan.InputError, match=r"quantile must be at most 0.9 with 9 held-out items, got .*; hold out more"):
        threshold(np.zeros(9), quantile)


@pytest.mark.parametrize("shape", [(5,), (6, 4, 1), (6, 4, 3), (6, 4, 2)])
def test_figure_of_anomalies(shape):
    rng = np.random.default_rng(0)
    x, excess = rng.random((4, *shape)), rng.normal(size=(4, *shape))
    display = plots.anomalies(x, 1 - x, excess, [9, 8, 7.4, 1])
    assert [text.get_text() for text in display.axes.get_xticklabels()] == ["9", "8", "7", "1"]
    assert display.numbers["most"] > 0
    with pytest.raises(zukan.InputError, match="scores must have one entry"):
        plots.anomalies(x, 1 - x, excess, [9])
