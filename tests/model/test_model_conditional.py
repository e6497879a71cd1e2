"""Completed rows: what is drawn for missing values follows the exact conditional distribution."""

import keras
import numpy as np
import pytest
import scipy.stats

import zukan
from zukan.likelihoods import Mixed, Normal

RNG = np.random.default_rng(0)
W, B, SCALE = RNG.normal(size=(3, 2)), RNG.normal(size=3), 0.6
COVARIANCE = W @ W.T + SCALE**2 * np.eye(3)


@pytest.fixture(scope="module", params=["normal", "mixed"])
def vae(request):
    """Return a linear model, x = W z + b + SCALE * noise, whose encoder knows nothing."""
    likelihood = Normal(scale=SCALE) if request.param == "normal" else Mixed(numeric={"name": "normal", "scale": SCALE})
    vae = zukan.VAE((3,), 2, encoder=keras.layers.Dense(1), decoder=keras.layers.Identity(), likelihood=likelihood)
    {layer.name: layer for layer in vae._generation.layers}["mean"].set_weights([W.T, B])
    return vae


def test_completions_have_the_exact_conditional_mean_and_covariance(vae):
    x = np.array([[0.5, np.nan, np.nan], [np.nan, -1.0, 0.3], [np.nan, np.nan, np.nan]], "float32")
    result = vae.complete(x, draws=4000, pool=100_000)
    assert result.x.shape == (4000, 3, 3)
    for row, values in enumerate(x):
        there = ~np.isnan(values)
        gain = COVARIANCE[np.ix_(~there, there)] @ np.linalg.inv(COVARIANCE[np.ix_(there, there)])
        mean = B[~there] + gain @ (values[there] - B[there])
        covariance = COVARIANCE[np.ix_(~there, ~there)] - gain @ COVARIANCE[np.ix_(there, ~there)]
        drawn = result.x[:, row][:, ~there]
        np.testing.assert_allclose(drawn.mean(0), mean, atol=5 * np.sqrt(covariance.max() / 2000))
        np.testing.assert_allclose(np.cov(drawn.T), covariance.squeeze(), atol=0.15 * covariance.max())
        np.testing.assert_array_equal(result.x[:, row][:, there], np.broadcast_to(values[there], (4000, there.sum())))


def test_the_effective_number_falls_from_all_draws_if_nothing_is_given(vae):
    effective = vae.complete(np.array([[np.nan] * 3, [0.5, np.nan, np.nan], [B[0] + 9, np.nan, np.nan]], "float32"),
                             pool=2000).effective
    assert effective[0] == pytest.approx(2000)
    assert effective[0] > effective[1] > effective[2] >= 1


def test_levels_follow_bayes_rule():
    columns = [{"name": "a", "kind": "category", "levels": ["x", "y", "z"]}, {"name": "b", "kind": "boolean"}]
    vae = zukan.VAE((2,), 1, encoder={"name": "mlp", "units": [4]}, likelihood=Mixed(columns), seed=3)
    for layer in vae._generation.layers:  # make the columns depend on z
        if layer.get_weights() and layer.name in {"level_logits", "logits"}:
            layer.set_weights([8 * layer.get_weights()[0], layer.get_weights()[1]])
    z = scipy.stats.norm.ppf((np.arange(2000) + 0.5) / 2000)[:, None].astype("float32")
    p_x = vae.context({"x": None, "condition": None}).decode(z[None])
    shares, yes = np.asarray(p_x.parts[1].probabilities)[0, :, 0], np.asarray(p_x.parts[0].mean)[0, :, 0]
    expected = (shares * yes[:, None]).sum(0) / yes.sum()  # p(a | b = true), z integrated out
    drawn = vae.complete(np.array([[np.nan, 1.0]], "float32"), draws=20_000, pool=20_000).x[:, 0, 0]
    np.testing.assert_allclose([(drawn == level).mean() for level in range(3)], expected, atol=0.015)
    marginal = vae.complete(np.array([[np.nan, np.nan], [0, 1]], "float32"), draws=20_000, pool=20_000).x[:, 0, 0]
    assert np.abs([(marginal == level).mean() for level in range(3)] - expected).max() > 0.02


def test_wrong_arguments_are_refused(vae):
    with pytest.raises(zukan.InputError, match="draws"):
        vae.complete(np.zeros((1, 3), "float32"), draws=0)
    with pytest.raises(zukan.InputError, match=r"x must have shape \(n, 3\)"):
        vae.complete(np.zeros((1, 4), "float32"))


@pytest.mark.parametrize("fitted", [False, True])
def test_the_noise_of_new_rows_is_not_that_of_their_codes(fitted):
    vae = zukan.VAE((2,), 2, encoder=keras.layers.Dense(1), decoder=keras.layers.Identity(), likelihood=Normal(scale=1.0),
                    prior="maf" if fitted else "normal")
    {layer.name: layer for layer in vae._generation.layers}["mean"].set_weights([np.eye(2), np.zeros(2)])
    z = vae.sample_codes(4000, seed=1)
    noise = vae.sample(4000, draw=True, seed=1) - z
    assert np.abs(np.corrcoef(z.T, noise.T)[:2, 2:]).max() < 5 / np.sqrt(4000)
    np.testing.assert_allclose(noise.std(0), 1, atol=0.06)
