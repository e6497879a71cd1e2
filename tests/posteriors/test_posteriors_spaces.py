"""The posteriors on spheres, in hyperbolic space and of ladders, in a model."""

import numpy as np
import pytest
import scipy.stats

import zukan
from zukan.context import Piece, Shapes
from zukan.posteriors import Ladder, Poincare, Sphere

LADDER = {"posterior": {"name": "ladder", "widths": [1, 2], "units": 4}, "prior": {"name": "ladder", "units": 4}, "latent_dim": 3}


def test_their_layouts():
    shapes = Shapes((4,), 6)
    assert Sphere(2).layout(shapes) == (Piece("sphere", 3),) * 2
    assert Poincare().layout(shapes) == (Piece("ball", 6),)
    assert Ladder([2, 4]).layout(shapes) == (Piece("real", 2), Piece("real", 4))


@pytest.mark.parametrize(("options", "words"), [
    ({"posterior": "sphere"}, "prior must be one for z of kind 'sphere'.*prior='sphere'"),
    ({"posterior": "poincare"}, "prior must be one for z of kind 'ball'.*prior='poincare'"),
    ({"prior": "sphere"}, "prior must be one for z of kind 'real'"),
    ({"prior": "ladder"}, "prior 'ladder' needs a z of two or more layers, got 1"),
    ({**LADDER, "prior": "normal"}, "prior must be one that posterior Ladder can read, got Normal; use prior='ladder'"),
    ({**LADDER, "prior": "vamp"}, "prior must be one that posterior Ladder can read"),
    ({**LADDER, "latent_dim": 4}, "widths must add up to latent_dim, 4, got .1, 2.; use latent_dim=3"),
    ({"posterior": {"name": "ladder", "widths": [2]}}, "widths must list the dimensions of at least two layers"),
    ({"posterior": {"name": "sphere", "spheres": 2}, "prior": "sphere"}, "latent_dim must be a multiple of spheres.*=4"),
    ({"prior": {"name": "poincare", "curvature": 0.0}}, "curvature must be a finite number above 0"),
])
def test_combinations_that_do_not_fit_are_refused_in_one_sentence(options, words, make):
    with pytest.raises(zukan.InputError, match=words) as caught:
        make(**options)
    assert "\n" not in str(caught.value)


def test_codes_and_samples_lie_in_their_spaces(make, x):
    vae = make(posterior={"name": "sphere", "spheres": 2}, prior="sphere", latent_dim=6)
    for z in (vae.encode(x), vae.encode(x, sample=True)):
        np.testing.assert_allclose(np.linalg.norm(z.reshape(-1, 2, 3), axis=-1), 1, rtol=1e-5)
    assert vae.kl_terms(x).shape == (len(x), 2)
    vae = make(posterior="poincare", prior="poincare", latent_dim=3)
    for z in (vae.encode(x), vae.encode(x, sample=True)):
        assert (np.linalg.norm(z, axis=-1) < 1).all()


def test_a_ladder_combines_the_evidence_with_the_prior_by_precision(make, x):
    vae = make(**LADDER)
    vae.fit(x, epochs=2, batch_size=8, verbose=0)
    up = vae._inference(x)
    mean, log_var = np.asarray(up["up_mean"], "float64"), np.asarray(up["up_log_var"], "float64")
    hidden, hidden_bias, down, down_bias = (np.asarray(weight, "float64") for weight in vae.prior.get_weights())
    prior = np.maximum(mean[:, :1] @ hidden + hidden_bias, 0) @ down + down_bias  # of the lower layer, at the top's mean
    own, given = np.exp(-log_var[:, 1:]), np.exp(-prior[:, 2:])
    lower = (own * mean[:, 1:] + given * prior[:, :2]) / (own + given)
    np.testing.assert_allclose(vae.encode(x), np.concatenate([mean[:, :1], lower], axis=1), rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(vae.predict(x, verbose=0), vae.reconstruct(x), atol=1e-6)
    with pytest.raises(zukan.InputError, match="fit_prior needs a posterior that does not read the prior"):
        vae.fit_prior(x, prior="ladder")


def test_the_bound_of_a_ladder_approaches_the_likelihood_by_brute_force(make):
    vae = make(**LADDER, likelihood={"name": "normal", "scale": 0.7}, event_shape=(4,))
    for layer in vae._inference.layers:
        if layer.name.startswith("up_log_var_"):  # wider than the exact posterior, so that no weight has heavy tails
            layer.bias.assign(layer.bias + 3.0)
    x = np.random.default_rng(0).normal(size=(3, 4)).astype("float32")
    grid = np.random.default_rng(1).normal(size=(400_000, 3))  # brute force over the prior, in plain NumPy
    (w1, b1, w2, b2), top = (np.asarray(w, "float64") for w in vae.prior.get_weights()), grid[:, :1]
    given = np.maximum(top @ w1 + b1, 0) @ w2 + b2
    z = np.concatenate([top, given[:, :2] + np.exp(given[:, 2:] / 2) * grid[:, 1:]], axis=1)
    mean = vae.decode(z.astype("float32"), batch_size=50_000)
    log_p = scipy.stats.norm.logpdf(x[:, None], mean, 0.7).sum(-1)
    exact = np.log(np.exp(log_p).mean(1))
    np.testing.assert_allclose(vae.log_likelihood(x, samples=20_000), exact, atol=0.05)
    bounds = [vae.log_likelihood(x, samples=k, same_draws=False).mean() for k in (1, 10, 1000)]
    assert bounds[0] < bounds[-1] <= exact.mean() + 0.05
